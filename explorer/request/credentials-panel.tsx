/** With whose credentials a request goes out. The secret of a profile stays on the server. */
import { useEffect } from 'preact/hooks'
import type { CataloguedOperation } from '../catalogue.ts'
import { pathOf } from '../place.ts'
import { Prose } from '../reading/prose.tsx'
import { bearerName, credentialKind } from './credentials.ts'
import { bearerOf } from './exchange.ts'
import { fitsAsBearer, type Received } from './flow.ts'
import { askGateway, chooseProfile, gateway, loginRequired, profileInUse } from './gateway.ts'
import { Offers } from './offers.tsx'
import { forgetAll, isKept, received, receivedSessions, sessionInUse } from './received.ts'

interface CredentialsProps {
  readonly operation: CataloguedOperation
}

export function CredentialsPanel({ operation }: CredentialsProps) {
  useEffect(() => {
    void askGateway()
  }, [])
  const state = gateway.value
  if (operation.kind !== 'call') return null
  if (state.kind === 'closed') return <ClosedGateway operation={operation} {...state} />
  const kind = credentialKind(operation)
  if (kind === 'none') return null
  return (
    <div class="credentials stack">
      {['profile', 'public_token', 'session'].includes(kind) && <ProfileChoice isSecret={kind === 'profile'} />}
      {kind === 'session' && <Session />}
      {kind === 'bearer' && <Bearer operation={operation} />}
      {kind === 'operator' && (
        <p class="hint">
          Only the server’s operator may call it, and the gateway calls nothing of its own: use the code below.
        </p>
      )}
    </div>
  )
}

interface ClosedProps extends CredentialsProps {
  readonly errorType: string
  readonly message: string
}

function ClosedGateway({ operation, errorType, message }: ClosedProps) {
  const returnTo = encodeURIComponent(pathOf({ kind: 'operation', name: operation.name }))
  return (
    <div class="notice warn" role="status">
      {errorType === loginRequired && (
        <p>
          Requests from this page go out with the credentials of this server, so its operator has to be logged in.{' '}
          <a href={`/reference/login?return_to=${returnTo}`} target="_self">
            Log in as operator
          </a>
        </p>
      )}
      {errorType === 'gateway_off' && (
        <p>
          <Prose text="This server sends no requests for this page: `SELVAGE_REFERENCE_PROFILES` is not set. Its operator can set it, with `SELVAGE_OPERATOR_PASSWORD`; `selvage dev` needs neither. The code below runs with credentials of your own." />
        </p>
      )}
      {![loginRequired, 'gateway_off'].includes(errorType) && (
        <p class="row">
          {message}
          <button type="button" class="button small" onClick={() => void askGateway({ again: true })}>
            Ask again
          </button>
        </p>
      )}
    </div>
  )
}

function ProfileChoice({ isSecret }: { readonly isSecret: boolean }) {
  const profile = profileInUse()
  const { value: state } = gateway
  if (!profile || state.kind !== 'open') return null
  const words = isSecret
    ? 'The server adds its secret; it never comes to this page.'
    : 'The server adds its public token.'
  if (state.profiles.length === 1) {
    return (
      <p class="hint">
        With the credentials of <b>{profile.name}</b> <Environment name={profile.environment} />. {words}
      </p>
    )
  }
  return (
    <div class="field">
      <label for="try-profile">Credentials</label>
      <select
        id="try-profile"
        value={profile.name}
        onChange={({ currentTarget }) => chooseProfile(currentTarget.value)}
      >
        {state.profiles.map(({ name, environment }) => (
          <option key={name} value={name}>
            {name} ({environment})
          </option>
        ))}
      </select>
      <p class="hint">
        <code>{profile.project_id}</code> {words}
      </p>
    </div>
  )
}

/** Requests to a live project change what people have; that may not be overlooked. */
const Environment = ({ name }: { readonly name: string }) => (
  <span class={`badge ${name === 'live' ? 'warn' : ''}`}>{name}</span>
)

function Session() {
  return (
    <div class="field">
      <label for="try-session">Session in use</label>
      <input
        type="text"
        id="try-session"
        value={sessionInUse.value}
        onInput={({ currentTarget }) => {
          sessionInUse.value = currentTarget.value.trim()
        }}
        placeholder="session_token"
        autocomplete="off"
        spellcheck={false}
        aria-describedby="try-session-hint"
      />
      <Offers
        name="the session in use"
        values={receivedSessions.value}
        value={sessionInUse.value}
        onChange={(token) => {
          sessionInUse.value = token
        }}
      />
      <p id="try-session-hint" class="hint">
        A <code>session_token</code>, as an app keeps it; the latest received is taken. Without one the operation is
        called as nobody.
      </p>
    </div>
  )
}

function Bearer({ operation }: CredentialsProps) {
  const bearer = bearerOf(operation.name)
  const fitting: readonly Received[] = received.value.filter((one) => fitsAsBearer(operation, one))
  return (
    <div class="field">
      <label for="try-bearer">
        Bearer token <span class="soft">in the Authorization header</span>
      </label>
      <input
        type="text"
        id="try-bearer"
        value={bearer.value}
        onInput={({ currentTarget }) => {
          bearer.value = currentTarget.value.trim()
        }}
        placeholder={bearerName(operation)}
        autocomplete="off"
        spellcheck={false}
      />
      <Offers
        name="the bearer token"
        values={fitting}
        value={bearer.value}
        onChange={(token) => {
          bearer.value = token
        }}
      />
    </div>
  )
}

/** What this page remembers of answers, and for how long. */
export function ReceivedValues() {
  const count = received.value.length
  if (count === 0 && !isKept.value) return null
  return (
    <div class="row apart received">
      <label class="choice">
        <input
          type="checkbox"
          checked={isKept.value}
          onChange={({ currentTarget }) => {
            isKept.value = currentTarget.checked
          }}
        />
        <span>Keep the {count === 1 ? 'value' : `${count} values`} received when this tab reloads</span>
      </label>
      <button type="button" class="button quiet small" onClick={forgetAll}>
        Forget them
      </button>
    </div>
  )
}
