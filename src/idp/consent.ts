/** When a person is asked before a client gets what it wants (docs/wire/idp.md). Pure, as a table. */
import { type ConnectedApp, isFirstParty } from '../connected-apps/index.ts'

export interface ConsentQuestion {
  readonly app: Pick<ConnectedApp, 'type' | 'bypassConsentForOfflineAccess'>
  /** Values of `prompt` (OpenID Connect Core §3.1.2.1). */
  readonly prompts: readonly string[]
  /** Requested scopes that the user could give. */
  readonly scopes: readonly string[]
  /** What the user agreed to last time; `undefined` if they never did. */
  readonly remembered: readonly string[] | undefined
  /** The project asks only once for `offline_access`. */
  readonly remembersOfflineAccess: boolean
}

interface Row {
  readonly because: string
  readonly holds: (question: ConsentQuestion) => boolean
}

/** Any row that holds asks the person. */
const rows: readonly Row[] = [
  { because: 'the client wants the person to be asked', holds: ({ prompts }) => prompts.includes('consent') },
  {
    because: 'access while the person is away is asked for every time, unless the project or the client remembers it',
    holds: ({ app, scopes, remembered, remembersOfflineAccess }) => {
      if (!scopes.includes('offline_access')) return false
      if (isFirstParty(app)) return !app.bypassConsentForOfflineAccess
      return !(remembersOfflineAccess && remembered?.includes('offline_access'))
    },
  },
  { because: 'nobody has agreed yet', holds: ({ app, remembered }) => !isFirstParty(app) && remembered === undefined },
  {
    because: 'more is asked for than was agreed to',
    holds: ({ app, scopes, remembered }) => !isFirstParty(app) && scopes.some((scope) => !remembered?.includes(scope)),
  },
]

/** Why the person must be asked; `undefined` if they need not be. */
export const consentReason = (question: ConsentQuestion): string | undefined =>
  rows.find(({ holds }) => holds(question))?.because
