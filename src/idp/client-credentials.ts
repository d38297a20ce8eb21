/** What a request presents to say which client it is from (RFC 6749 §2.3, RFC 7521 §4.2). Pure. */
import { z } from 'zod'
import { unverifiedClaims } from '../crypto/foreign-jwt.ts'
import { isId } from '../crypto/token.ts'
import { type BasicCredentials, basicCredentials } from '../kernel/auth.ts'
import * as errors from './errors.ts'

/** Empty counts as absent (RFC 6749 §3.2). */
export const parameter = z
  .string()
  .optional()
  .transform((value) => (value === '' ? undefined : value))

/** Fields of every operation that clients authenticate at. */
export const clientFields = {
  client_id: parameter.describe('Unless it is the user name of Basic credentials.'),
  client_secret: parameter.describe('Unless it is the password of Basic credentials. Public clients send none.'),
  client_assertion_type: parameter.describe('`urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.'),
  client_assertion: parameter.describe('Of a client with keys of its own: a JWT that it signed (RFC 7523 §2.2).'),
}

export interface ClientCredentials {
  readonly client_id?: string | undefined
  readonly client_secret?: string | undefined
  readonly client_assertion_type?: string | undefined
  readonly client_assertion?: string | undefined
}

/** One reading of what was sent. */
export interface Claim {
  readonly id: string
  readonly method: 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'
  /** The secret or the assertion; empty for `none`. */
  readonly proof: string
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * The client that a request names and the proof that it brings: more than one reading where Basic credentials can be read in
 * two ways. Two official clients send the project's credentials in the header beside the client's own in the body: then the
 * body counts. Throws `invalid_client` where no client is named, and `two_client_authentications` for two proofs of one
 * client (RFC 6749 §2.3).
 */
export function claims(
  header: string | readonly string[] | undefined,
  body: ClientCredentials,
): readonly [Claim, ...Claim[]] {
  const { client_secret: secret, client_assertion: assertion } = body
  const basic = basicCredentials(header)
  const inBody = body.client_id ?? (assertion === undefined ? undefined : unverifiedClaims(assertion).sub)
  const isAside = inBody !== undefined && basic !== undefined && isId('project', basic.username)
  const readings = basic && !isAside ? readingsOf(basic) : []
  const own = readings.filter(({ username }) => inBody === undefined || username === inBody)
  const withPassword = own.filter(({ password }) => password !== '')
  const proofs = [withPassword.length > 0, secret !== undefined, assertion !== undefined]
  if (proofs.filter(Boolean).length > 1) throw errors.twoAuthentications()
  const [first, ...more] = withPassword.map(fromBasic)
  if (first) return [first, ...more]
  const id = inBody ?? own[0]?.username
  if (id === undefined || id === '') throw errors.invalidClient({ problem: 'no client_id was sent.' })
  if (assertion === undefined) {
    return [
      secret === undefined ? { id, method: 'none', proof: '' } : { id, method: 'client_secret_post', proof: secret },
    ]
  }
  if (body.client_assertion_type !== assertionType) {
    throw errors.invalidClient({ problem: `client_assertion_type must be ${assertionType}.` })
  }
  return [{ id, method: 'private_key_jwt', proof: assertion }]
}

const fromBasic = ({ username, password }: BasicCredentials): Claim => ({
  id: username,
  method: 'client_secret_basic',
  proof: password,
})

/** RFC 6749 §2.3.1 wants both form-encoded before base64; some libraries leave that out, so both readings are tried. */
function readingsOf({ username, password }: BasicCredentials): readonly BasicCredentials[] {
  const decoded = { username: decode(username), password: decode(password) }
  const isPlain = decoded.username === username && decoded.password === password
  return isPlain ? [decoded] : [decoded, { username, password }]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
