/** What every login begins with: a row that remembers it, a name for the browser, and the way to the provider. */
import { hashToken } from '../crypto/token.ts'
import type { Context } from '../kernel/endpoint.ts'
import { type Reply, redirect } from '../kernel/reply.ts'
import type { Project } from '../projects/index.ts'
import { authorizationUrl } from './authorization-request.ts'
import { browserCookie } from './browser.ts'
import { callbackOwner, type Flow, flowLifetime } from './flow.ts'
import { insertFlow } from './store.ts'
import type { Account } from './upstream.ts'

type ProjectContext = Context & { readonly project: Project }

export interface Beginning
  extends Pick<Flow, 'loginRedirectUrl' | 'signupRedirectUrl' | 'scopes' | 'codeChallenge' | 'attachTokenHash'> {
  readonly account: Account
  /** Fresh and random; comes back from the provider. */
  readonly state: string
  /** The name of the browser that the login has to finish in. */
  readonly browser: string
  /** Further parameters for the provider. */
  readonly forwarded: readonly (readonly [string, string])[]
}

/** Remembers the login and sends the browser to the provider. */
export async function beginLogin(context: ProjectContext, beginning: Beginning): Promise<Reply> {
  const { db, now, project, sealer, baseUrl } = context
  const { account, state, browser, forwarded, ...kept } = beginning
  const redirectUri = callbackUrl(context, account.provider.id)
  await insertFlow(db, {
    ...kept,
    projectId: project.id,
    stateHash: hashToken(state),
    provider: account.provider.id,
    browserHash: hashToken(browser),
    redirectUri,
    createdAt: now.getTime(),
    expiresAt: now.getTime() + flowLifetime,
    consumedAt: undefined,
  })
  const location = authorizationUrl({ account, redirectUri, state, scopes: kept.scopes, forwarded, sealer })
  return redirect(location, { 'set-cookie': browserCookie(browser, baseUrl) })
}

/** Where the provider is to answer: at the callback that the built-in ones share, or at one of its own. */
function callbackUrl({ baseUrl, project }: ProjectContext, provider: string): string {
  const shared = `${baseUrl}/v1/oauth/callback/${project.callbackId}`
  const owner = callbackOwner(provider)
  return owner === undefined ? shared : `${shared}/${owner}`
}
