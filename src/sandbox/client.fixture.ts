/** An OAuth client for the sandbox, made by hand: sends what a test wants to send, right or wrong. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type TestAnswer, type TestApp, testApp } from '../testing/app.ts'

export const verifier = 'a-verifier-of-forty-three-characters-or-more'
const challenge = createHash('sha256').update(verifier).digest('base64url')

type Parameters = Readonly<Record<string, string | undefined>>

export interface SandboxClient extends AsyncDisposable {
  readonly app: TestApp
  readonly redirectUri: string
  /** An authorization request; parameters replace or, when undefined, remove the right ones. */
  authorize(provider: string, parameters?: Parameters): Promise<TestAnswer>
  /** Parameters of the redirect that an authorization request, right but for these, ends in. */
  redirected(provider: string, parameters?: Parameters): Promise<URLSearchParams>
  code(provider: string, parameters?: Parameters): Promise<string>
  token(provider: string, parameters: Parameters, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>
  /** A whole login, up to the answer of the token endpoint. */
  login(provider: string, parameters?: Parameters): Promise<TestAnswer>
  get(path: string, accessToken: string): Promise<TestAnswer>
}

const defined = (parameters: Parameters): [string, string][] =>
  Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))

export const encoded = (parameters: Parameters): string => new URLSearchParams(defined(parameters)).toString()

export async function sandboxClient(): Promise<SandboxClient> {
  const app = await testApp()
  const redirectUri = `http://localhost/v1/oauth/callback/${app.project.callbackId}`
  const credentials = (provider: string) => ({
    client_id: `sandbox-${provider}-client`,
    client_secret: `sandbox-${provider}-not-a-secret`,
  })
  const client: SandboxClient = {
    app,
    redirectUri,
    authorize(provider, parameters = {}) {
      const query = encoded({
        client_id: credentials(provider).client_id,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: provider === 'google' ? 'openid email profile' : 'user:email',
        state: 'a state, back untouched',
        code_challenge: challenge,
        code_challenge_method: 'S256',
        ...parameters,
      })
      return app.call('GET', `/sandbox/${provider}/authorize?${query}`, { auth: false })
    },
    async redirected(provider, parameters) {
      const { status, headers, text } = await client.authorize(provider, parameters)
      assert.equal(status, 302, text)
      const location = new URL(String(headers.location))
      assert.equal(`${location.origin}${location.pathname}`, redirectUri)
      return location.searchParams
    },
    async code(provider, parameters) {
      const answer = await client.redirected(provider, { persona: 'verified', ...parameters })
      return answer.get('code') ?? ''
    },
    token(provider, parameters, headers = {}) {
      const body = encoded({
        grant_type: 'authorization_code',
        redirect_uri: redirectUri,
        code_verifier: verifier,
        ...credentials(provider),
        ...parameters,
      })
      const form = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
      return app.call('POST', `/sandbox/${provider}/token`, { auth: false, body, headers: { ...form, ...headers } })
    },
    async login(provider, parameters) {
      return client.token(provider, { code: await client.code(provider, parameters) })
    },
    get: (path, accessToken) =>
      app.call('GET', path, { auth: false, headers: { authorization: `Bearer ${accessToken}` } }),
    [Symbol.asyncDispose]: () => app.close(),
  }
  return client
}
