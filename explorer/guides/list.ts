/** The guides, in the order of the sidebar. */
export const guides = [
  { name: 'getting-started', title: 'Getting started' },
  { name: 'testing-in-ci', title: 'Testing in CI' },
  { name: 'going-to-production', title: 'Going to production' },
  { name: 'providers', title: 'Providers' },
  { name: 'mcp', title: 'MCP in ten minutes' },
  { name: 'errors', title: 'Errors' },
] as const satisfies readonly { readonly name: string; readonly title: string }[]
