/** One operation: what it is for, what it takes and answers, and beside it the way to try and to copy it. */
import type { CataloguedOperation } from '../catalogue.ts'
import { RequestPanel } from '../request/request-panel.tsx'
import { SnippetPanel } from '../snippets/snippet-panel.tsx'

export function OperationPage({ operation }: { readonly operation: CataloguedOperation }) {
  return (
    <div class="operation">
      <article>
        <h1 tabIndex={-1}>{operation.summary}</h1>
      </article>
      <aside aria-label="Try it">
        <RequestPanel operation={operation} />
        <SnippetPanel operation={operation} />
      </aside>
    </div>
  )
}
