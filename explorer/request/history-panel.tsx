/** The requests of this page, the latest first: look at one again, or send it again. */
import { operationNamed } from '../catalogue.ts'
import { goTo } from '../place.ts'
import { milliseconds } from './answer.tsx'
import { draftOf } from './draft.ts'
import { history, type PastRequest, putBack, sendDraft } from './exchange.ts'
import { chooseProfile } from './gateway.ts'
import { statusKind, statusWords } from './status.ts'

export function HistoryPanel() {
  const past = history.value
  if (past.length === 0) return null
  return (
    <details class="panel fold history">
      <summary>
        History <span class="badge">{past.length}</span>
      </summary>
      <ol class="plain">
        {past.map((request) => (
          <Request key={request.id} request={request} />
        ))}
      </ol>
      <div class="panel-foot">
        <span class="hint">It ends with this page.</span>
        <button
          type="button"
          class="button quiet small"
          onClick={() => {
            history.value = []
          }}
        >
          Clear it
        </button>
      </div>
    </details>
  )
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

function Request({ request }: { readonly request: PastRequest }) {
  const { operation: name, at, profile, answer } = request
  const operation = operationNamed(name)
  if (!operation) return null
  const open = () => {
    putBack(request)
    goTo({ kind: 'operation', name })
  }
  const again = () => {
    if (profile !== '') chooseProfile(profile)
    draftOf(name).value = request.values
    goTo({ kind: 'operation', name })
    void sendDraft(operation)
  }
  const which = `${name} of ${clock.format(at)}`
  return (
    <li>
      <span class={`badge ${statusKind(answer.status)}`} title={statusWords(answer.status)}>
        {answer.status}
      </span>
      <span class="history-words">
        <code>{name}</code>
        <span class="soft tiny">
          <time dateTime={at.toISOString()}>{clock.format(at)}</time> · {milliseconds(answer.durationMs)}
        </span>
      </span>
      <span class="row">
        <button type="button" class="button small" onClick={open} aria-label={`Open ${which}`}>
          Open
        </button>
        <button type="button" class="button small" onClick={again} aria-label={`Send again ${which}`}>
          Send again
        </button>
      </span>
    </li>
  )
}
