/** What holds for every client that introduces itself, by registration or by a metadata document. Pure. */
import type { Project } from '../projects/index.ts'
import type { ConnectedApp } from './connected-app.ts'

type Switches = Pick<Project, 'settings' | 'environment'>

/** Whether clients may register themselves: where nothing is said, in test projects. */
export const takesRegistrations = ({ settings, environment }: Switches): boolean =>
  settings.idp_dynamic_client_registration_enabled ?? environment === 'test'

/** Whether a client may be the URL of its metadata document: where nothing is said, in test projects. */
export const takesMetadataDocuments = ({ settings, environment }: Switches): boolean =>
  settings.idp_client_id_metadata_documents_enabled ?? environment === 'test'

/** Most clients of a project that introduced themselves. */
export const mostIntroduced = ({ environment }: Pick<Project, 'environment'>): number =>
  environment === 'live' ? 10_000 : 1_000

/** How long, in ms, such a client stays when no user completes a flow with it. */
export const unusedLifetime = 24 * 60 * 60_000

/** What such a client is, whatever it says: a stranger, who is asked for and who gets nothing unasked. */
export const stranger: Pick<
  ConnectedApp,
  | 'description'
  | 'fullAccessAllowed'
  | 'bypassConsentForOfflineAccess'
  | 'accessTokenMinutes'
  | 'accessTokenCustomAudience'
  | 'idTokenTemplate'
  | 'nextSecret'
  | 'firstUsedAt'
> = {
  description: '',
  fullAccessAllowed: false,
  bypassConsentForOfflineAccess: false,
  accessTokenMinutes: 60,
  accessTokenCustomAudience: undefined,
  idTokenTemplate: '',
  nextSecret: undefined,
  firstUsedAt: undefined,
}

const longestName = 256

/** Why people cannot be shown a name, as the end of a sentence. Text that runs backwards could pass for another name. */
export function nameProblem(name: string): string | undefined {
  if (name.length > longestName) return `it has more than ${longestName} characters`
  if (/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u.test(name)) return 'it holds characters that change how text is shown'
  return undefined
}

/** Whether something is a URL that a page may lead to or show. */
export const isWebUrl = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 2_048 && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
