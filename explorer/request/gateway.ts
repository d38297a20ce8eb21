/** What this server's gateway offers: profiles whose credentials it adds by itself, so that no secret ever comes here. */
import { signal } from '@preact/signals'

/** Credentials that the server keeps, by name. What is told of them is public. */
export interface Profile {
  readonly name: string
  readonly project_id: string
  /** Absent while the project has none. */
  readonly public_token?: string
  readonly environment: string
}

export type Gateway =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'open'; readonly profiles: readonly Profile[]; readonly csrfToken: string }
  /** Off, or an operator has to log in first. */
  | { readonly kind: 'closed'; readonly errorType: string; readonly message: string }

/** `unknown` until it was asked. */
export const gateway = signal<Gateway>({ kind: 'unknown' })

const chosen = signal<string | undefined>(undefined)

/** The profile that requests are sent with: the chosen one, at first the first. */
export function profileInUse(): Profile | undefined {
  if (gateway.value.kind !== 'open') return undefined
  const { profiles } = gateway.value
  return profiles.find(({ name }) => name === chosen.value) ?? profiles[0]
}

export function chooseProfile(name: string): void {
  chosen.value = name
}

let asking: Promise<void> | undefined

/** Asks once, however many want to know; `again` asks anew, for after a login. Never throws. */
export function askGateway({ again = false } = {}): Promise<void> {
  if (again || gateway.value.kind === 'unknown') {
    asking ??= ask().finally(() => {
      asking = undefined
    })
  }
  return asking ?? Promise.resolve()
}

async function ask(): Promise<void> {
  try {
    const response = await fetch('/reference/profiles', { headers: { accept: 'application/json' } })
    const body = await response.json()
    gateway.value = response.ok
      ? { kind: 'open', profiles: body.profiles, csrfToken: body.csrf_token }
      : closed(body.error_type, body.error_message)
  } catch {
    gateway.value = closed('no_answer', 'The server does not answer.')
  }
}

const closed = (errorType: unknown, message: unknown): Gateway => ({
  kind: 'closed',
  errorType: String(errorType),
  message: String(message),
})

export const loginRequired = 'operator_login_required'
/** Failures by which the gateway itself refuses, before any operation runs. */
export const refusals: readonly string[] = [loginRequired, 'gateway_off', 'wrong_host', 'cross_site_request']
