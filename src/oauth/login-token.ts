/** The token that a finished login ends with, and the provider's own tokens behind it. */
import type { Queries } from '../db/open.ts'
import type { Context } from '../kernel/endpoint.ts'
import type { Project } from '../projects/index.ts'
import type { ProviderValues } from './code-exchange.ts'
import type { LinkedLogin } from './link-identity.ts'
import { keepValues, sealProviderValues } from './provider-values.ts'
import { insertLoginToken, keepProviderValues } from './store.ts'

export interface FinishedLogin {
  readonly token: string
  readonly login: LinkedLogin
  readonly values: ProviderValues
  /** The app's own PKCE leg. */
  readonly codeChallenge: string | undefined
}

/** Part of the transaction that links: the token appears with the registration that it names. */
export async function issueLoginToken(
  tx: Queries,
  { now, project, sealer }: Pick<Context, 'now' | 'sealer'> & { readonly project: Project },
  { token, login, values, codeChallenge }: FinishedLogin,
): Promise<void> {
  const { registrationId } = login
  await insertLoginToken(tx, {
    token,
    projectId: project.id,
    userId: login.userId,
    registrationId,
    codeChallenge,
    providerValuesSealed: sealProviderValues(sealer, token, values),
    resetSessions: login.resetSessions,
    createdAt: now.getTime(),
    expiresAt: now.getTime() + project.settings.oauth_token_minutes * 60_000,
  })
  if (project.settings.oauth_keep_provider_tokens) {
    await keepValues(tx, { sealer, projectId: project.id, registrationId }, values)
  } else if (!login.isSignup) await keepProviderValues(tx, registrationId, null)
}
