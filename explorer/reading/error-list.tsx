/** What can go wrong with an operation: its own errors first, then those of every operation, folded. */
import { type CataloguedOperation, catalogue } from '../catalogue.ts'
import { CopyButton } from './copy-button.tsx'
import { errorsOf } from './describe.ts'
import { Prose } from './prose.tsx'
import './error-list.css'

export function ErrorList({ operation }: { readonly operation: CataloguedOperation }) {
  const { own, common } = errorsOf(operation, catalogue.value?.operations ?? [])
  return (
    <section aria-labelledby="errors" class="part">
      <div class="part-head">
        <h2 id="errors">Errors</h2>
        <a class="small" href="/docs/errors">
          All errors
        </a>
      </div>
      {own.length > 0 && <Errors types={own} isOAuth={operation.isOAuth} />}
      {common.length > 0 && (
        <details class="fold common-errors" open={own.length === 0}>
          <summary>
            {common.length} that {own.length === 0 ? 'any operation' : 'every operation like this'} may answer
          </summary>
          <Errors types={common} isOAuth={operation.isOAuth} />
        </details>
      )}
    </section>
  )
}

interface ErrorsProps extends Pick<CataloguedOperation, 'isOAuth'> {
  readonly types: readonly string[]
}

function Errors({ types, isOAuth }: ErrorsProps) {
  return (
    <div class="errors">
      {types.map((type) => (
        <ErrorItem key={type} type={type} isOAuth={isOAuth} />
      ))}
    </div>
  )
}

function ErrorItem({ type, isOAuth }: { readonly type: string; readonly isOAuth: boolean }) {
  const error = catalogue.value?.errors[type]
  if (!error) return null
  const { status, message, cause, fix, oauth } = error
  return (
    <details class="fold error" id={`error-${type}`}>
      <summary>
        <span class={`badge status ${status >= 500 ? 'bad' : 'warn'}`}>{status}</span>
        <span class="error-words">
          <code>{type}</code>
          <span class="error-message">{message}</span>
        </span>
      </summary>
      <dl class="error-body">
        <dt>Cause</dt>
        <dd>
          <Prose text={cause} />
        </dd>
        <dt>What to do</dt>
        <dd>
          <Prose text={fix} />
        </dd>
        {isOAuth && oauth !== undefined && (
          <>
            <dt>For OAuth clients</dt>
            <dd>
              <code>{oauth}</code> in <code>error</code>
            </dd>
          </>
        )}
        <dt>Link</dt>
        <dd class="row">
          <a href={`#error-${type}`}>
            <code>#error-{type}</code>
          </a>
          <CopyButton
            text={() => `${location.origin}${location.pathname}#error-${type}`}
            label={`Copy a link to ${type}`}
          />
        </dd>
      </dl>
    </details>
  )
}
