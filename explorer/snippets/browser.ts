/**
 * The official client for browsers, `@stytch/vanilla-js`, 5.44 or newer. A public token is no secret; bundlers replace
 * `process.env.…` when they build.
 */
import type { CataloguedOperation } from '../../src/reference/catalogue-type.ts'
import type { Json, Values } from '../request/draft.ts'
import { type Given, givenOf, type Variable } from './given.ts'
import { javascript } from './javascript.ts'
import { literal } from './literal.ts'
import { objectOf } from './node.ts'

interface BrowserCall {
  readonly method: string
  /** Fields that stand alone, before the object of the others. */
  readonly alone?: readonly string[]
  /** `false`: no object follows. */
  readonly takesObject?: false
}

const calls: Readonly<Record<string, BrowserCall>> = {
  'frontend.oauth.authenticate': { method: 'oauth.authenticate', alone: ['token'] },
  'frontend.oauth.attach': { method: 'oauth.attach', alone: ['provider'], takesObject: false },
  'frontend.sessions.authenticate': { method: 'session.authenticate' },
  'frontend.sessions.attest': { method: 'session.attest' },
  'frontend.sessions.exchangeAccessToken': { method: 'session.exchangeAccessToken' },
  'frontend.sessions.revoke': { method: 'session.revoke', takesObject: false },
  'frontend.users.me': { method: 'user.get', takesObject: false },
  'frontend.users.deleteOAuthRegistration': {
    method: 'user.deleteOAuthRegistration',
    alone: ['oauth_user_registration_id'],
    takesObject: false,
  },
  'frontend.users.connectedApps': { method: 'user.getConnectedApps', takesObject: false },
  // The vendor's own spelling.
  'frontend.users.revoke': { method: 'user.revokedConnectedApp', alone: ['connected_app_id'], takesObject: false },
  'frontend.idp.oauth.authorizeStart': { method: 'idp.oauthAuthorizeStart' },
  'frontend.idp.oauth.authorize': { method: 'idp.oauthAuthorizeSubmit' },
  'frontend.idp.oauth.logoutStart': { method: 'idp.oauthLogoutStart' },
}

/** Providers that the client has a method for. */
const providers = new Set(
  'google microsoft apple github gitlab facebook discord salesforce slack amazon bitbucket linkedin coinbase twitch twitter tiktok snapchat figma yahoo'.split(
    ' ',
  ),
)

/** A module for a bundler, or `undefined` where the client has no such call. */
export function browser(operation: CataloguedOperation, values: Values, baseUrl: string): string | undefined {
  const call = operation.name === 'oauth.start' ? start(operation, values) : known(operation, values)
  if (call === undefined) return undefined
  const url = javascript.text(baseUrl.replace(/\/+$/, ''))
  return `import { createStytchClient } from '@stytch/vanilla-js/headless'

const baseUrl = ${url}
const options = {
  cookieOptions: {},
  endpoints: {
    testAPIURL: baseUrl,
    liveAPIURL: baseUrl,
    dfpBackendURL: baseUrl,
    clientsideServicesIframeURL: \`\${baseUrl}/clientside-services/index.html\`,
  },
}
const stytch = createStytchClient(process.env.STYTCH_PUBLIC_TOKEN, options)

${call}
`
}

function known(operation: CataloguedOperation, values: Values): string | undefined {
  // The client is made of what this operation answers.
  if (operation.name === 'frontend.bootstrap') return '// The client has asked for it by now.'
  const call = calls[operation.name]
  if (!call) return undefined
  const { method, alone = [], takesObject = true } = call
  const given = givenOf(operation, values)
  const rest = Object.fromEntries(Object.entries(given).filter(([field]) => !alone.includes(field)))
  const needsObject = takesObject && (Object.keys(rest).length > 0 || alone.length > 0)
  if (!takesObject && Object.keys(rest).length > 0) return undefined
  const parameters = [
    ...alone.map((field) => literal(given[field] ?? null, javascript)),
    ...(needsObject ? [objectOf(rest, javascript)] : []),
  ]
  return `const answer = await stytch.${method}(${parameters.join(', ')})\nconsole.log(answer)`
}

/** Leaves the page. The public token and PKCE are the client's affair, and scopes are a list there. */
function start(operation: CataloguedOperation, values: Values): string | undefined {
  const { provider, public_token, code_challenge, custom_scopes, ...rest } = givenOf(operation, values)
  if (typeof provider !== 'string' || !providers.has(provider)) return undefined
  const given: Record<string, Json | Variable> = { ...rest }
  if (typeof custom_scopes === 'string') given.custom_scopes = custom_scopes.split(/[ +]/)
  return `await stytch.oauth.${provider}.start(${objectOf(given satisfies Given, javascript)})`
}
