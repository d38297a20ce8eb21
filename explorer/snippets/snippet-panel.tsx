import type { CataloguedOperation } from '../catalogue.ts'

export function SnippetPanel({ operation }: { readonly operation: CataloguedOperation }) {
  return <p>{operation.flatName}</p>
}
