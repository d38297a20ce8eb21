/** Makers of living things, each for one run of one example: tokens, clients, sessions and who they belong to. */
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import type { Json, Values } from '../../explorer/request/draft.ts'
import { declareProfiles, makeToken, pem, profileId } from '../attestation/issuer.fixture.ts'
import { type Client, credentialsOf, givenClient, givenM2mClient, pkcePair, type Scene } from '../idp/idp.fixture.ts'
import { TestBrowser } from '../testing/browser.ts'
import { givenSession } from '../testing/given.ts'

/** What an example needs to be run once: values in place of its own, and variables of the environment. */
export interface Living {
  readonly values: Values
  readonly environment?: Readonly<Record<string, string>>
}

export interface Given {
  readonly scene: Scene
  readonly baseUrl: string
  readonly example: Values
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** Somebody who has logged in with Google just now, through the sandbox. */
async function loggedIn({ scene, baseUrl }: Given) {
  const { app } = scene
  const token = await loginToken({ scene, baseUrl, example: {} })
  const { body, text: answer } = await app.call('POST', '/v1/oauth/authenticate', {
    body: { token, session_duration_minutes: 60 },
  })
  assert.ok(body.session_token, answer)
  return body
}

/** Comes back with every login: what the provider hands the app by redirect. */
async function loginToken({ scene: { app }, baseUrl, example }: Given): Promise<string> {
  const start = new URL('/v1/public/oauth/google/start', baseUrl)
  const verifier = text(example.code_verifier)
  start.search = new URLSearchParams({
    public_token: app.project.publicToken,
    provider_persona: `verified:${randomUUID()}@example.com`,
    ...(verifier !== '' && { code_challenge: sha256(verifier, 'base64url') }),
  }).toString()
  return (await new TestBrowser().open(start)).url.searchParams.get('token') ?? ''
}

const sha256 = (value: string, form: 'hex' | 'base64url'): string => createHash('sha256').update(value).digest(form)

/** With the example's nonce, which Apple's tokens hold as a hash. */
const mint = async ({ scene: { app }, example }: Given, provider: string): Promise<string> => {
  const nonce = text(example.nonce)
  const held = provider === 'apple' ? sha256(nonce, 'hex') : nonce
  const body = { persona: `verified:${randomUUID()}@example.com`, ...(nonce !== '' && { nonce: held }) }
  return (await app.call('POST', `/sandbox/${provider}/id_token`, { auth: false, body })).body.id_token
}

/** A client for the redirect URL that the example names. */
const clientFor = ({ scene, example }: Given, more: Parameters<typeof givenClient>[1] = {}): Promise<Client> =>
  givenClient(scene.app, {
    redirectUrls: [text(example.redirect_uri) || 'https://client.example/callback'],
    ...(example.post_logout_redirect_uri && { postLogoutRedirectUrls: [text(example.post_logout_redirect_uri)] }),
    ...more,
  })

/** Tokens of somebody who let a client in. */
async function tokens(given: Given, scopes = ['openid', 'email', 'profile', 'offline_access']) {
  const client = await clientFor(given, {
    type: 'client_secret' in given.example ? 'third_party' : 'third_party_public',
  })
  const redirect_uri = text(given.example.redirect_uri) || 'https://client.example/callback'
  const { verifier, challenge } = pkcePair()
  const { body } = await given.scene.authorize({ code_challenge: challenge, redirect_uri, scopes }, client)
  const code = text(body.authorization_code)
  const grant = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri, client_id: client.id }
  const whole = { ...grant, ...credentialsOf(client) }
  return { client, grant, answer: async () => (await given.scene.token(whole)).body }
}

const environmentOf = ({ secret }: Client) => ({ CLIENT_SECRET: secret })

export async function tokenRequest(given: Given): Promise<Living> {
  const { example, scene } = given
  if (example.grant_type === 'client_credentials') {
    const client = await givenM2mClient(scene, text(example.scope).split(' '))
    return { values: { client_id: client.id }, environment: environmentOf(client) }
  }
  const { grant, client, answer } = await tokens(given)
  if (example.grant_type === 'refresh_token') {
    const values = { client_id: client.id, refresh_token: text((await answer()).refresh_token) }
    return { values, environment: environmentOf(client) }
  }
  const { grant_type: _, redirect_uri: __, ...values } = grant
  return { values, environment: environmentOf(client) }
}

export async function accessToken(given: Given): Promise<Living> {
  const { client, answer } = await tokens(given)
  const token = text((await answer()).access_token)
  return { values: { client_id: client.id, token, access_token: token }, environment: { ACCESS_TOKEN: token } }
}

/** Only what the example has. */
export const only = ({ example }: Given, living: Living): Living => ({
  ...living,
  values: Object.fromEntries(Object.entries(living.values).filter(([field]) => field in example)),
})

export async function introspected(given: Given): Promise<Living> {
  const { scene, example } = given
  if (!('client_secret' in example)) return only(given, await accessToken(given))
  const client = await givenClient(scene.app, { type: 'third_party' })
  const { body } = await scene.tokens({}, client)
  return only(given, { values: { client_id: client.id, token: body.access_token }, environment: environmentOf(client) })
}

export async function registered({ scene: { app } }: Given): Promise<Living> {
  app.clock.advance({ minutes: 1 })
  const members = {
    redirect_uris: ['https://notes.example.com/callback'],
    token_endpoint_auth_method: 'client_secret_basic',
  }
  const { body, text: answer } = await app.call('POST', '/v1/oauth2/register', { body: members, auth: false })
  assert.ok(body.registration_access_token, answer)
  return {
    values: { registered_client_id: body.client_id },
    environment: { REGISTRATION_ACCESS_TOKEN: body.registration_access_token },
  }
}

export const asReplaced = async (given: Given): Promise<Living> => {
  const { values, environment } = await registered(given)
  const id = text(values.registered_client_id)
  return {
    values: { registered_client_id: id, ...('client_id' in given.example && { client_id: id }) },
    ...(environment && { environment }),
  }
}

export const attested = async ({ scene: { app } }: Given): Promise<Living> => {
  await declareProfiles(app, [{ pem: [pem.rsa] }])
  const email = `${randomUUID()}@example.com`
  return { values: { profile_id: profileId(1), token: await makeToken(app, { claims: { sub: email, email } }) } }
}

export const exchanged = async (given: Given): Promise<Living> => {
  const client = await givenClient(given.scene.app, { type: 'first_party_public', fullAccessAllowed: true })
  const { body } = await given.scene.tokens({ scopes: ['openid', 'full_access'] }, client)
  return { values: { access_token: body.access_token } }
}

/** With two identities, so that one can go. */
export const twice = async (given: Given): Promise<Living> => {
  const { oauth_user_registration_id, user_id, session_token } = await loggedIn(given)
  const { app } = given.scene
  const attach = await app.call('POST', '/v1/oauth/attach', { body: { provider: 'github', user_id } })
  const start = new URL('/v1/public/oauth/github/start', given.baseUrl)
  start.search = new URLSearchParams({
    public_token: app.project.publicToken,
    oauth_attach_token: attach.body.oauth_attach_token,
    provider_persona: `verified:${randomUUID()}@example.com`,
  }).toString()
  const token = (await new TestBrowser().open(start)).url.searchParams.get('token')
  await app.call('POST', '/v1/oauth/authenticate', { body: { token } })
  return { values: { oauth_user_registration_id }, environment: { STYTCH_SESSION_TOKEN: session_token } }
}

/** A client that the user of a session has let in. */
export const letIn = async (given: Given): Promise<Living> => {
  const { app } = given.scene
  const session = await givenSession(app)
  const client = await givenClient(app)
  await given.scene.code({ session_token: session.token }, client)
  const values = { user_id: session.userId, connected_app_id: client.id }
  return only(given, { values, environment: { STYTCH_SESSION_TOKEN: session.token } })
}

export const authorizing = async (given: Given): Promise<Living> => {
  const { app } = given.scene
  const session = await givenSession(app)
  const { id } = await clientFor(given)
  const values = { client_id: id, user_id: session.userId, session_token: session.token, session_jwt: session.jwt }
  return only(given, { values, environment: { STYTCH_SESSION_TOKEN: session.token } })
}

export const logout = async (given: Given): Promise<Living> => {
  const { client, answer } = await tokens(given)
  const values = { client_id: client.id, id_token_hint: text((await answer()).id_token) }
  return only(given, { values, environment: { STYTCH_SESSION_TOKEN: given.scene.session.token } })
}

export const connectedApp = async ({ scene: { app } }: Given): Promise<Living> => {
  const client = await givenClient(app, { type: 'third_party' })
  return { values: { client_id: client.id } }
}

export const m2mClient = async ({ scene }: Given): Promise<Living> => ({
  values: { client_id: (await givenM2mClient(scene, ['read:documents'])).id },
})

/** In the middle of a rotation. */
export const rotating =
  (folder: string, make: (given: Given) => Promise<Living>) =>
  async (given: Given): Promise<Living> => {
    const living = await make(given)
    const path = `/v1/${folder}/clients/${text(living.values.client_id)}/secrets/rotate/start`
    await given.scene.app.call('POST', path, { body: {} })
    return living
  }

export const idToken =
  (provider: string) =>
  async (given: Given): Promise<Living> => ({
    values: { id_token: await mint(given, provider) },
  })

export const oauthToken = async (given: Given): Promise<Living> => ({ values: { token: await loginToken(given) } })

export const bootstrap = async ({ scene: { app } }: Given): Promise<Living> => ({
  values: { public_token: app.project.publicToken },
})
