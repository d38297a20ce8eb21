/**
 * What the sandbox remembers: codes and tokens that it gave out, and who a test wants to log in next. All of it in memory,
 * bounded, and gone with the process, so a sandbox serves one process; the server that it plays for has no such limit.
 */
import { EphemeralClientKey, EphemeralSigner } from '../crypto/ephemeral-signer.ts'
import { newToken } from '../crypto/token.ts'
import type { Context } from '../kernel/endpoint.ts'
import { ExpiringMap } from './expiring-map.ts'
import type { Account, Choice, Persona } from './persona.ts'
import type { SandboxProvider } from './provider.ts'

/** How long, in ms, a code can be exchanged. */
const codeLifetime = 60_000
/** Most codes, and most tokens of each kind, that are remembered. */
const most = 1_000
/** Most lines that a script may have. */
export const longestScript = 100

/** What a person agreed to: kept behind a code, then behind the tokens that it was exchanged for. */
export interface Grant {
  readonly persona: Persona
  readonly account: Account
  readonly redirectUri: string
  /** As the provider names them when it grants them. */
  readonly scopes: readonly string[]
  readonly nonce: string | undefined
  readonly codeChallenge: string | undefined
  /** Whether a refresh token was asked for. */
  readonly offline: boolean
  /** Claims that were asked for by name (OpenID Connect Core 1.0 §5.5). */
  readonly wantedClaims: ReadonlySet<string>
}

/** Who logs in next, and how often. */
export interface ScriptLine {
  /** Absent: at any provider. */
  readonly provider: string | undefined
  /** As it was written, e.g. `verified:ada@example.com`. */
  readonly text: string
  readonly choice: Choice
  /** Logins that this line is still good for. */
  readonly times: number
}

export interface SandboxSettings {
  /** Waits so many ms. Tests bring one that does not. */
  readonly wait: (milliseconds: number) => Promise<void>
}

export class Sandbox {
  readonly wait: SandboxSettings['wait']
  readonly signer = new EphemeralSigner()
  /** Signs our client secrets at providers that want signed ones. */
  readonly clientKey = new EphemeralClientKey()
  readonly #codes = new ExpiringMap<Grant>(most)
  readonly #accessTokens = new ExpiringMap<Grant>(most)
  readonly #refreshTokens = new ExpiringMap<Grant>(most)
  readonly #authorizedBefore = new ExpiringMap<true>(most)
  #script: readonly ScriptLine[] = []

  constructor({ wait }: SandboxSettings) {
    this.wait = wait
  }

  issueCode({ id, prefixes }: SandboxProvider, grant: Grant, now: Date): string {
    const code = prefixes.code + newToken()
    this.#codes.set(`${id} ${code}`, grant, now.getTime() + codeLifetime)
    return code
  }

  /** Gives what stands behind a code, once: whatever becomes of the exchange, a second one finds nothing. */
  takeCode({ id }: SandboxProvider, code: string, now: Date): Grant | undefined {
    return this.#codes.take(`${id} ${code}`, now)
  }

  issueAccessToken({ id, prefixes, accessTokenSeconds = Infinity }: SandboxProvider, grant: Grant, now: Date): string {
    const token = prefixes.accessToken + newToken()
    this.#accessTokens.set(`${id} ${token}`, grant, now.getTime() + accessTokenSeconds * 1_000)
    return token
  }

  grantOfAccessToken({ id }: SandboxProvider, token: string, now: Date): Grant | undefined {
    return this.#accessTokens.get(`${id} ${token}`, now)
  }

  issueRefreshToken({ id, prefixes }: SandboxProvider, grant: Grant): string {
    const token = prefixes.refreshToken + newToken()
    this.#refreshTokens.set(`${id} ${token}`, grant, Infinity)
    return token
  }

  grantOfRefreshToken({ id }: SandboxProvider, token: string, now: Date): Grant | undefined {
    return this.#refreshTokens.get(`${id} ${token}`, now)
  }

  /** Whether this account authorizes us for the first time; it is not the first time again. */
  isFirstTime({ id }: SandboxProvider, { key }: Account, now: Date): boolean {
    const name = `${id} ${key}`
    if (this.#authorizedBefore.get(name, now)) return false
    this.#authorizedBefore.set(name, true, Infinity)
    return true
  }

  get script(): readonly ScriptLine[] {
    return this.#script
  }

  /** Adds a line; `false` when the script is as long as it may be. */
  addToScript(line: ScriptLine): boolean {
    if (this.#script.length >= longestScript) return false
    this.#script = [...this.#script, line]
    return true
  }

  clearScript(): void {
    this.#script = []
  }

  /** Who the script wants to log in now at this provider. Uses the line up once. */
  nextInScript({ id }: SandboxProvider): Choice | undefined {
    const line = this.#script.find(({ provider }) => provider === undefined || provider === id)
    if (!line) return undefined
    const rest = line.times > 1 ? [{ ...line, times: line.times - 1 }] : []
    this.#script = this.#script.flatMap((other) => (other === line ? rest : [other]))
    return line.choice
  }
}

/** The sandbox of a request. Its operations exist only where there is one. */
export function sandboxOf({ sandbox }: Pick<Context, 'sandbox'>): Sandbox {
  if (!sandbox) throw new Error('An operation of the sandbox was registered in a profile without one.')
  return sandbox
}
