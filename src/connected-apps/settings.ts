/** From the fields of a request, or of the project file, to settings of a Connected App. Pure. */

import type { DefinedError } from '../kernel/errors.ts'
import type { ConnectedAppFields } from '../projects/index.ts'
import type { ClientType, ConnectedApp } from './connected-app.ts'
import { isPublic } from './connected-app.ts'
import * as errors from './errors.ts'
import { type RedirectUriFault, redirectUriFault } from './redirect-uri.ts'
import { type TemplateFault, templateFault } from './token-template.ts'

/** What can be changed. An absent member stays as it is; an empty `logoUrl` or `accessTokenCustomAudience` is removed. */
export type ClientSettings = Partial<
  Pick<
    ConnectedApp,
    | 'name'
    | 'description'
    | 'redirectUrls'
    | 'postLogoutRedirectUrls'
    | 'logoUrl'
    | 'fullAccessAllowed'
    | 'bypassConsentForOfflineAccess'
    | 'accessTokenMinutes'
    | 'accessTokenCustomAudience'
    | 'accessTokenTemplate'
    | 'idTokenTemplate'
  >
>

/** What `settingsFrom` can throw. */
export const settingsErrors = [
  errors.thirdPartyClientsCannotUseFullAccess,
  errors.thirdPartyClientsRequireConsentForOfflineAccess,
  errors.tooManyRedirectUrls,
  errors.connectedAppRedirectUrlMustIncludeScheme,
  errors.connectedAppRedirectUrlMustUseHttpOrHttpsScheme,
  errors.connectedAppRedirectUrlHttpSchemeMustUseLoopback,
  errors.connectedAppInvalidRedirectUrl,
  errors.idpInvalidAccessTokenExpiryMinutes,
  errors.idpInvalidAccessTokenCustomAudience,
  errors.jwtTemplateInvalidJson,
  errors.jwtTemplateInvalidTag,
  errors.jwtTemplateMismatchedTag,
]

/** Errors for single fields whose form is wrong. */
export const invalidSettings = {
  access_token_expiry_minutes: errors.idpInvalidAccessTokenExpiryMinutes,
  access_token_custom_audience: errors.idpInvalidAccessTokenCustomAudience,
}

/** Most URLs of each kind. */
const mostUrls = 50

/** The settings that these fields ask for. Throws one of `settingsErrors` where a client of that type cannot have them. */
export function settingsFrom(fields: ConnectedAppFields, type: ClientType): ClientSettings {
  if (type.startsWith('third_party')) {
    if (fields.full_access_allowed) throw errors.thirdPartyClientsCannotUseFullAccess()
    if (fields.bypass_consent_for_offline_access) throw errors.thirdPartyClientsRequireConsentForOfflineAccess()
  }
  return {
    ...(fields.client_name !== undefined && { name: fields.client_name }),
    ...(fields.client_description !== undefined && { description: fields.client_description }),
    ...(fields.redirect_urls && { redirectUrls: registrable('redirect_urls', fields.redirect_urls, type) }),
    ...(fields.post_logout_redirect_urls && {
      postLogoutRedirectUrls: registrable('post_logout_redirect_urls', fields.post_logout_redirect_urls, type),
    }),
    ...(fields.logo_url !== undefined && { logoUrl: fields.logo_url }),
    ...(fields.full_access_allowed !== undefined && { fullAccessAllowed: fields.full_access_allowed }),
    ...(fields.bypass_consent_for_offline_access !== undefined && {
      bypassConsentForOfflineAccess: fields.bypass_consent_for_offline_access,
    }),
    ...(fields.access_token_expiry_minutes !== undefined && {
      accessTokenMinutes: fields.access_token_expiry_minutes,
    }),
    ...(fields.access_token_custom_audience !== undefined && {
      accessTokenCustomAudience: fields.access_token_custom_audience,
    }),
    ...(fields.access_token_template_content !== undefined && {
      accessTokenTemplate: usable('access_token_template_content', fields.access_token_template_content),
    }),
    ...(fields.id_token_template_content !== undefined && {
      idTokenTemplate: usable('id_token_template_content', fields.id_token_template_content),
    }),
  }
}

/** URLs without repetition, once each of them may be registered. */
function registrable(field: string, urls: readonly string[], type: ClientType): readonly string[] {
  if (urls.length > mostUrls) throw errors.tooManyRedirectUrls({ field, most: mostUrls })
  for (const url of urls) {
    const fault = redirectUriFault(url, type)
    if (fault) throw unregistrable[fault.kind]({ url: url.slice(0, 200), problem: fault.problem })
  }
  return [...new Set(urls)]
}

const unregistrable: Readonly<
  Record<RedirectUriFault['kind'], (words: { readonly url: string; readonly problem: string }) => Error>
> = {
  scheme_missing: errors.connectedAppRedirectUrlMustIncludeScheme,
  scheme_not_web: errors.connectedAppRedirectUrlMustUseHttpOrHttpsScheme,
  http_elsewhere: errors.connectedAppRedirectUrlHttpSchemeMustUseLoopback,
  invalid: errors.connectedAppInvalidRedirectUrl,
}

function usable(field: string, template: string): string {
  const fault = templateFault(template)
  if (fault) throw unusable[fault.kind]({ field, problem: fault.problem })
  return template
}

const unusable: Readonly<Record<TemplateFault['kind'], DefinedError<'{field}: {problem}'>>> = {
  invalid_json: errors.jwtTemplateInvalidJson,
  invalid_tag: errors.jwtTemplateInvalidTag,
  mismatched_tag: errors.jwtTemplateMismatchedTag,
}

/** A client with these settings, and defaults for all others. */
export function newClient(
  identity: Pick<ConnectedApp, 'id' | 'projectId' | 'type' | 'creationMethod' | 'secret' | 'createdAt'>,
  settings: ClientSettings,
): ConnectedApp {
  return {
    name: '',
    description: '',
    redirectUrls: [],
    postLogoutRedirectUrls: [],
    fullAccessAllowed: false,
    bypassConsentForOfflineAccess: false,
    accessTokenMinutes: 60,
    accessTokenTemplate: '',
    idTokenTemplate: '',
    ...settings,
    logoUrl: settings.logoUrl || undefined,
    accessTokenCustomAudience: settings.accessTokenCustomAudience || undefined,
    tokenEndpointAuthMethod: undefined,
    nextSecret: undefined,
    metadataUrl: undefined,
    firstUsedAt: undefined,
    ...identity,
  }
}

/** Why a client cannot be declared like this, as a sentence; `undefined` if it can. For the project file. */
export function connectedAppProblem(
  fields: ConnectedAppFields & { readonly client_type: ClientType; readonly client_secret?: string | undefined },
): string | undefined {
  if (isPublic({ type: fields.client_type }) !== (fields.client_secret === undefined)) {
    return fields.client_secret === undefined
      ? 'a client that is not public needs a client_secret.'
      : 'a public client has no client_secret.'
  }
  try {
    settingsFrom(fields, fields.client_type)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
