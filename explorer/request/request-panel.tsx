import type { CataloguedOperation } from '../catalogue.ts'

export function RequestPanel({ operation }: { readonly operation: CataloguedOperation }) {
  return <p>{operation.path}</p>
}
