/**
 * Who may use the gateway. Any site that a developer visits can send requests to localhost, and in production the operator's
 * cookie would come along: so a request has to come from a page of ours, or from a program.
 */
import { sameHash } from '../crypto/token.ts'
import type { Context, HttpRequest, Principals } from '../kernel/endpoint.ts'
import * as errors from './errors.ts'
import type { Gateway } from './gateway.ts'
import { csrfTokenOf, operatorLogin, passwordIs } from './operator.ts'

/** Errors of `guardSite`. */
export const guardedSite = [errors.gatewayOff, errors.wrongHost, errors.crossSiteRequest]
/** Errors of `authenticateOperator` and `authenticateProgram`, when reading. */
export const guardedRead = [...guardedSite, errors.operatorLoginRequired]
/** The same when calling. */
export const guardedCall = [...guardedRead, errors.jsonExpected]

const loopback = ['localhost', '127.0.0.1', '[::1]']

/** Names of loopback under which this server can be reached, as a Host header spells them. */
function loopbackHosts(baseUrl: URL, port: number | undefined): readonly string[] {
  const ports = [port, loopback.includes(baseUrl.hostname) ? portOf(baseUrl) : undefined]
  return ports
    .filter((one) => one !== undefined)
    .flatMap((one) => loopback.flatMap((name) => (one === 80 ? [name, `${name}:80`] : [`${name}:${one}`])))
}

const portOf = ({ port, protocol }: URL): number => Number(port || (protocol === 'https:' ? 443 : 80))

/**
 * Throws `wrong_host` for a name that is not ours, `cross_site_request` for what another site's page sent. Both headers are set
 * by the browser alone (Fetch Metadata §2.4, RFC 6454 §7); where they are missing, no browser sent the request.
 */
export function requireOwnSite({ headers, method }: HttpRequest, baseUrl: string, port: number | undefined): void {
  const base = new URL(baseUrl)
  const host = String(headers.host ?? '').toLowerCase()
  const ofLoopback = loopbackHosts(base, port)
  if (host !== base.host && host !== `${base.hostname}:${portOf(base)}` && !ofLoopback.includes(host)) {
    throw errors.wrongHost({ host: host.slice(0, 200) || '(no name)', base_url: baseUrl })
  }
  const { origin, 'sec-fetch-site': site } = headers
  const isOurs =
    origin === undefined || origin === baseUrl || (ofLoopback.includes(host) && origin === `http://${host}`)
  // `none`: a person opened it, by hand or from a bookmark.
  const isSameSite = site === undefined || site === 'same-origin' || (site === 'none' && method === 'GET')
  if (!isOurs || !isSameSite) {
    throw errors.crossSiteRequest({ origin: String(origin ?? 'another site').slice(0, 200), base_url: baseUrl })
  }
}

/** The gateway, for a request that may come near it. Throws `gateway_off` and the errors of `requireOwnSite`. */
export function guardSite({ gateway, http, baseUrl }: Context): Gateway {
  if (!gateway) throw errors.gatewayOff()
  requireOwnSite(http, baseUrl, gateway.port)
  return gateway
}

/** Authentication of a page: the operator's cookie, if a password is set; to call, JSON and the CSRF token too. */
export function authenticateOperator(http: HttpRequest, context: Context): Principals['operator'] {
  const gateway = guardSite(context)
  const { operatorPassword } = gateway
  const login = operatorPassword === undefined ? undefined : operatorLogin(context, operatorPassword)
  if (operatorPassword !== undefined && login === undefined) throw loginRequired(context)
  const csrfToken = csrfTokenOf(context.sealer, login)
  if (http.method !== 'GET') {
    requireJson(http)
    requireCsrfToken(http.headers['x-csrf-token'], csrfToken)
  }
  return { gateway, csrfToken }
}

/**
 * Authentication of a program: the operator's password as Bearer token, if one is set. The cookie does not count, so there is
 * nothing that a browser would send by itself.
 */
export function authenticateProgram(http: HttpRequest, context: Context): Principals['operator_bearer'] {
  const gateway = guardSite(context)
  const { operatorPassword } = gateway
  if (operatorPassword !== undefined) {
    const [, given] = /^bearer +(.+?) *$/i.exec(String(http.headers.authorization ?? '')) ?? []
    if (given === undefined || !passwordIs(context, given, operatorPassword)) throw loginRequired(context)
  }
  if (http.method !== 'GET') requireJson(http)
  return { gateway }
}

/** The challenge is not Basic: a browser would ask the person for a name and a password by itself. */
const loginRequired = ({ baseUrl }: Context) =>
  errors.operatorLoginRequired(
    { login_url: `${baseUrl}/reference/login` },
    { headers: { 'www-authenticate': 'Bearer realm="selvage operator"' } },
  )

function requireJson({ headers }: HttpRequest): void {
  const [mediaType = ''] = String(headers['content-type'] ?? '').split(';')
  if (mediaType.trim().toLowerCase() !== 'application/json') throw errors.jsonExpected()
}

/** Throws `csrf_token_invalid`. */
export function requireCsrfToken(given: unknown, expected: string): void {
  if (typeof given !== 'string' || !sameHash(given, expected)) throw errors.csrfTokenInvalid()
}
