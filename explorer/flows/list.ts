/** The guided flows, in the order of the sidebar. */
export const flows = [
  { name: 'login', title: 'Log in with a provider' },
  { name: 'attach', title: 'Attach a second provider' },
  { name: 'connected-app', title: 'Connect an app' },
] as const satisfies readonly { readonly name: string; readonly title: string }[]

/** The page at which their windows end: `/reference/flows/landed`. */
export const landedName = 'landed'
