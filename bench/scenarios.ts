/** The rows of the benchmark: the requests of each, and what a right answer to it is. */
import { createPublicKey, hash, verify } from 'node:crypto'
import type { Seeded } from './seed.ts'

export type ServerName = 'ours' | 'floor' | 'oidc-provider'
/** A body as it was parsed. */
export type Answer = Readonly<Record<string, unknown>>

export interface Row {
  readonly name: string
  /** Whether the call makes an RS256 signature. */
  readonly signs: boolean
  /** Whether `oidc-provider` does the same. */
  readonly hasPeer: boolean
}

export const rows: readonly Row[] = [
  { name: 'sessions/authenticate (token)', signs: true, hasPeer: false },
  { name: 'sessions/authenticate (JWT)', signs: true, hasPeer: false },
  { name: 'oauth/authenticate', signs: true, hasPeer: false },
  { name: 'oauth/attach', signs: false, hasPeer: false },
  { name: 'public oauth start', signs: false, hasPeer: false },
  { name: 'JWKS', signs: false, hasPeer: true },
  { name: 'idp code exchange', signs: true, hasPeer: true },
  { name: 'idp refresh', signs: true, hasPeer: true },
  { name: 'idp client_credentials', signs: true, hasPeer: true },
  { name: 'idp introspection', signs: false, hasPeer: true },
  { name: 'idp userinfo', signs: false, hasPeer: true },
  { name: 'idp discovery', signs: false, hasPeer: true },
]

export interface Scenario {
  readonly status: number
  /** Request number `at`; `undefined` when there is no fresh token left. */
  readonly request: (at: number, server: ServerName) => string | undefined
  /** Throws where an answer with the right status is wrong nonetheless. */
  readonly check: (answer: Answer, server: ServerName) => void
}

type Headers = Readonly<Record<string, string>>

const message = (method: string, path: string, headers: Headers, body = '') => {
  const lines = Object.entries({ Host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}
const basic = (id: string, secret: string): Headers => ({
  Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})
const pick = (from: readonly string[], at: number) => from[at % from.length] ?? ''

function require(isRight: unknown, answer: unknown): asserts isRight {
  if (!isRight) throw new Error(`A wrong answer: ${JSON.stringify(answer).slice(0, 600)}`)
}

/** The scenarios by the name of their row. */
export function scenariosOf(seeded: Seeded): Readonly<Record<string, Scenario>> {
  const { idp } = seeded
  const publicKey = createPublicKey(seeded.privateKeyPem)
  const project = basic(seeded.projectId, seeded.secret)
  const get = (path: string, headers: Headers = {}) => message('GET', path, headers)
  const post = (path: string, body: object) => {
    const text = JSON.stringify(body)
    const type = { 'Content-Type': 'application/json', 'Content-Length': String(text.length) }
    return message('POST', path, { ...project, ...type }, text)
  }
  const form = (path: string, members: Readonly<Record<string, string>>, headers: Headers = {}) => {
    const text = new URLSearchParams(members).toString()
    const type = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': String(text.length) }
    return message('POST', path, { ...headers, ...type }, text)
  }

  /** The claims of a token whose signature holds. */
  function claimsOf(token: unknown): Answer {
    const [head = '', payload = '', signature = ''] = String(token).split('.')
    const input = Buffer.from(`${head}.${payload}`)
    require(verify('RSA-SHA256', input, publicKey, Buffer.from(signature, 'base64url')), token)
    return JSON.parse(Buffer.from(payload, 'base64url').toString())
  }
  const requireEnvelope = (answer: Answer, status: number) =>
    require(answer.status_code === status && answer.request_id, answer)
  const requireOurs = (answer: Answer, server: ServerName) => {
    if (server !== 'oidc-provider') requireEnvelope(answer, 200)
  }
  const requireSession = (answer: Answer) => {
    requireEnvelope(answer, 200)
    const { emails } = answer.user as { emails: readonly unknown[] }
    require(claimsOf(answer.session_jwt).exp && emails.length === 1, answer)
  }
  const requireAccessToken = (answer: Answer, server: ServerName, clientId: string): string => {
    requireOurs(answer, server)
    const token = String(answer.access_token)
    const { iss, aud, client_id, iat, exp } = claimsOf(token)
    require(iss === idp.issuer && client_id === clientId && Number(exp) - Number(iat) === 3_600, answer)
    require(server === 'oidc-provider' || [aud].flat().includes(seeded.projectId), answer)
    require(answer.token_type === 'Bearer' && answer.expires_in === 3_600, answer)
    return token
  }
  const requireTokens = (answer: Answer, server: ServerName) => {
    const accessToken = requireAccessToken(answer, server, idp.publicClientId)
    const { aud, at_hash } = claimsOf(answer.id_token)
    require([aud].flat().includes(idp.publicClientId), answer)
    // `oidc-provider` leaves it out, which a token endpoint may (OpenID Connect Core §3.1.3.6).
    const digest = hash('sha256', accessToken, 'buffer').subarray(0, 16).toString('base64url')
    require(server === 'oidc-provider' ? [undefined, digest].includes(at_hash as string) : at_hash === digest, answer)
    require(typeof answer.refresh_token === 'string' && answer.refresh_token.length >= 43, answer)
  }
  const accessToken = (at: number, server: ServerName) =>
    pick(server === 'oidc-provider' ? idp.opaqueTokens : idp.accessTokens, at)

  return {
    'sessions/authenticate (token)': {
      status: 200,
      request: (at) => post('/v1/sessions/authenticate', { session_token: pick(seeded.sessionTokens, at) }),
      check: requireSession,
    },
    'sessions/authenticate (JWT)': {
      status: 200,
      request: (at) => post('/v1/sessions/authenticate', { session_jwt: pick(seeded.sessionJwts, at) }),
      check: requireSession,
    },
    'oauth/authenticate': {
      status: 200,
      request(at) {
        const token = seeded.loginTokens[at]
        const body = { token, code_verifier: 'v'.repeat(43), session_duration_minutes: 60 }
        return token && post('/v1/oauth/authenticate', body)
      },
      check: requireSession,
    },
    'oauth/attach': {
      status: 200,
      request: (at) => post('/v1/oauth/attach', { provider: 'google', user_id: pick(seeded.userIds, at) }),
      check: (answer) => requireEnvelope(answer, 200),
    },
    'public oauth start': {
      status: 302,
      request: () => get(`/v1/public/oauth/google/start?public_token=${seeded.publicToken}`),
      check: (answer) => requireEnvelope(answer, 302),
    },
    JWKS: {
      status: 200,
      request: () => get(`/v1/sessions/jwks/${seeded.projectId}`),
      check(answer, server) {
        requireOurs(answer, server)
        require((answer.keys as readonly { kid: string }[]).some(({ kid }) => kid === seeded.keyId), answer)
      },
    },
    'idp code exchange': {
      status: 200,
      request(at) {
        const code = idp.codes[at]
        const { redirectUri: redirect_uri, verifier: code_verifier, publicClientId: client_id } = idp
        const members = { grant_type: 'authorization_code', redirect_uri, code_verifier, client_id }
        return code && form('/v1/oauth2/token', { ...members, code })
      },
      check: requireTokens,
    },
    'idp refresh': {
      status: 200,
      request(at) {
        const refresh_token = idp.refreshTokens[at]
        const members = { grant_type: 'refresh_token', client_id: idp.publicClientId }
        return refresh_token && form('/v1/oauth2/token', { ...members, refresh_token })
      },
      check: requireTokens,
    },
    'idp client_credentials': {
      status: 200,
      request: () =>
        form(
          '/v1/oauth2/token',
          { grant_type: 'client_credentials', scope: idp.jobScope },
          basic(idp.m2m.id, idp.m2m.secret),
        ),
      check: (answer, server) => void requireAccessToken(answer, server, idp.m2m.id),
    },
    'idp introspection': {
      status: 200,
      request: (at, server) =>
        form(
          '/v1/oauth2/introspect',
          { token: accessToken(at, server) },
          basic(idp.confidential.id, idp.confidential.secret),
        ),
      check(answer, server) {
        requireOurs(answer, server)
        require(answer.active === true && answer.client_id === idp.confidential.id && answer.sub, answer)
      },
    },
    'idp userinfo': {
      status: 200,
      request: (at, server) => get('/v1/oauth2/userinfo', { Authorization: `Bearer ${accessToken(at, server)}` }),
      check(answer, server) {
        requireOurs(answer, server)
        require(/^user\d+@example\.com$/.test(String(answer.email)) && answer.given_name === 'Ada', answer)
      },
    },
    'idp discovery': {
      status: 200,
      request: () => get('/.well-known/openid-configuration'),
      check(answer, server) {
        requireOurs(answer, server)
        require(answer.issuer === idp.issuer && answer.jwks_uri && answer.token_endpoint, answer)
      },
    },
  }
}
