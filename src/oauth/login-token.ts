/** The token that a finished login ends with, and the provider's own tokens behind it. */
import type { Queries } from '../db/open.ts'
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import type { ProviderValues } from './code-exchange.ts'
import {
  keepValues,
  type ProviderValuesShape,
  sealLoginSecrets,
  toWire,
  type WaitingAccount,
} from './provider-values.ts'
import { insertLoginToken, keepProviderValues } from './store.ts'

/** Whom the token logs in, and with which account: a registration, or one that joins the user when it is authenticated. */
export interface FinishedLogin {
  readonly token: string
  readonly userId: string
  readonly account: { readonly registrationId: string } | WaitingAccount
  readonly resetSessions: boolean
  readonly values: ProviderValues
  /** The app's own PKCE leg. */
  readonly codeChallenge: string | undefined
}

type TokenContext = Pick<Context, 'now' | 'sealer'> & { readonly project: Project }

/** Part of the transaction that links: the token appears with what it names. */
export async function issueLoginToken(tx: Queries, context: TokenContext, finished: FinishedLogin): Promise<void> {
  const { now, project, sealer } = context
  const { token, userId, account, values, codeChallenge, resetSessions } = finished
  const registrationId = 'registrationId' in account ? account.registrationId : undefined
  const waiting = 'registrationId' in account ? undefined : account
  await insertLoginToken(tx, {
    token,
    projectId: project.id,
    userId,
    registrationId,
    codeChallenge,
    providerValuesSealed: sealLoginSecrets(sealer, token, values, waiting),
    resetSessions,
    createdAt: now.getTime(),
    expiresAt: now.getTime() + project.settings.oauth_token_minutes * 60_000,
  })
  if (registrationId !== undefined) await keepOrDrop(tx, context, registrationId, toWire(values))
}

/** Keeps the provider's tokens with the registration if the project wants that, and drops older ones if not. */
export async function keepOrDrop(
  tx: Queries,
  { project, sealer }: TokenContext,
  registrationId: string,
  values: ProviderValuesShape,
): Promise<void> {
  if (!project.settings.oauth_keep_provider_tokens) await keepProviderValues(tx, registrationId, null)
  else await keepValues(tx, { sealer, projectId: project.id, registrationId }, values)
}
