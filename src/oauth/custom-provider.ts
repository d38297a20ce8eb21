/** Providers of a project's own: any OpenID provider, or any OAuth 2.0 server with a profile endpoint (docs/providers.md). */
import { ClaimNames, type ProviderSettings } from '../projects/index.ts'
import { type Claims, openidProfile, type Provider, type ProviderAnswers } from './provider.ts'

/** The record of a declared provider. What it declares was checked when the project file was applied. */
export function customProvider(id: string, settings: ProviderSettings): Provider {
  const openid = settings.type === 'oidc'
  const names = ClaimNames.parse(settings.claims ?? {})
  const endpoints = settings.endpoints ?? {}
  return {
    id,
    name: settings.name ?? id,
    documentation: [],
    setup: [],
    // An OpenID provider's are filled in by discovery.
    endpoints: { ...endpoints, authorization: endpoints.authorization ?? '', token: endpoints.token ?? '' },
    scopes: openid ? ['openid', 'email', 'profile'] : [],
    openid,
    pkce: settings.pkce ?? true,
    clientAuthentication: settings.client_authentication ?? 'client_secret_post',
    linksByEmail: settings.link_by_email ?? 'never',
    emailPolicy: 'As the project declares.',
    profile: async (answers) => openidProfile(standardClaims(await claimsOf(answers, openid, names), names)),
  }
}

/** The ID token, and userinfo where the token does not hold a mapped claim but the provider has the endpoint. */
async function claimsOf({ claims, get }: ProviderAnswers, openid: boolean, names: ClaimNames): Promise<Claims> {
  if (!openid) return (await get('userinfo')) as Claims
  if (claims === undefined || at(claims, names.email) !== undefined) return claims ?? {}
  const info = (await get('userinfo').catch(() => claims)) as Claims
  if (info.sub !== claims.sub) throw new TypeError('Userinfo is about another subject than the ID token.')
  return { ...info, ...claims }
}

/**
 * The same under the names of OpenID Connect. An id may be a number and is written out, unless it is so large that JSON has
 * rounded it: two people would become one.
 */
function standardClaims(claims: Claims, names: ClaimNames): Claims {
  const subject = at(claims, names.subject)
  return {
    sub: Number.isSafeInteger(subject) ? String(subject) : subject,
    email: at(claims, names.email),
    email_verified: at(claims, names.email_verified),
    name: at(claims, names.name),
    given_name: at(claims, names.first_name),
    family_name: at(claims, names.last_name),
    picture: at(claims, names.picture),
    locale: at(claims, names.locale),
  }
}

/** What stands under a dotted name; own members only, so that no name reaches a prototype. */
function at(claims: unknown, name: string): unknown {
  // A claim's name may itself hold dots, as URLs do.
  if (isObject(claims) && Object.hasOwn(claims, name)) return claims[name]
  return name
    .split('.')
    .reduce<unknown>((value, step) => (isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined), claims)
}

const isObject = (value: unknown): value is Claims => typeof value === 'object' && value !== null
