/** Operations that a browser opens: the link, or the form for what is posted, and what came back in the address. */
import { useSignal } from '@preact/signals'
import { type CataloguedOperation, catalogue } from '../catalogue.ts'
import { CopyButton } from '../reading/copy-button.tsx'
import { browserRequest } from './address.ts'
import { NextSteps } from './answer.tsx'
import { draftOf } from './draft.ts'
import { valuesInUrl } from './flow.ts'
import { remember } from './received.ts'

interface OpenProps {
  readonly operation: CataloguedOperation
}

export function OpenInBrowser({ operation }: OpenProps) {
  const values = draftOf(operation.name).value
  const { url, fields, missing } = browserRequest(operation, values, catalogue.value?.baseUrl ?? '')
  if (missing.length > 0) {
    return (
      <p class="hint" role="status">
        Fill in {missing.join(' and ')}: it is part of the path.
      </p>
    )
  }
  return (
    <div class="stack">
      <div class="address">
        <code>{url}</code>
        <CopyButton text={url} label="Copy the URL" />
      </div>
      {operation.method === 'GET' ? (
        <a class="button primary" href={url} target="_blank" rel="noreferrer">
          Open<span class="visually-hidden"> in a new tab</span>
        </a>
      ) : (
        <form method="post" action={url} target="_blank" rel="noreferrer">
          {fields.map(([name, value], at) => (
            <input key={`${name} ${at}`} type="hidden" name={name} value={value} />
          ))}
          <button type="submit" class="button primary">
            Open by a form<span class="visually-hidden"> in a new tab</span>
          </button>
        </form>
      )}
    </div>
  )
}

/** Where a login or consent ends: the address that the browser came back to holds what the next request needs. */
export function CameBack({ operation }: OpenProps) {
  const typed = useSignal('')
  if (operation.kind !== 'page' || !('redirect_url' in operation.output.properties)) return null
  const found = valuesInUrl(typed.value, operation.name)
  return (
    <section class="panel" aria-label="After it">
      <div class="panel-head">
        <h2>After it</h2>
      </div>
      <div class="panel-body stack">
        <div class="field">
          <label for="try-came-back">The address you came back to</label>
          <input
            type="url"
            id="try-came-back"
            value={typed.value}
            placeholder="https://your.app/…?token=…"
            autocomplete="off"
            aria-describedby="try-came-back-hint"
            onInput={({ currentTarget }) => {
              typed.value = currentTarget.value.trim()
              remember(valuesInUrl(typed.value, operation.name))
            }}
          />
          <p id="try-came-back-hint" class="hint">
            Copy it from the other tab: the values in it can go on into the next request.
          </p>
        </div>
      </div>
      <NextSteps values={found} />
      {typed.value !== '' && found.length === 0 && (
        <p class="hint panel-body" role="status">
          There is no token or code in it.
        </p>
      )}
    </section>
  )
}
