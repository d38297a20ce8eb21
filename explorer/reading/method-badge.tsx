import type { CataloguedOperation } from '../catalogue.ts'

const classes: Readonly<Record<CataloguedOperation['method'], string>> = {
  GET: 'method-get',
  POST: 'method-post',
  PUT: 'method-put',
  DELETE: 'method-delete',
}

/** The method, in its colour and in words. */
export function MethodBadge({ method }: Pick<CataloguedOperation, 'method'>) {
  return <span class={`method ${classes[method]}`}>{method}</span>
}
