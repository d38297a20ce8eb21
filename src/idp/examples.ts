/** An authorization to show in the reference: from the request of a Connected App to its tokens. */
import { exampleClientId, exampleConnectedApp } from '../connected-apps/index.ts'
import { exampleOrigin, exampleProject } from '../projects/index.ts'
import { exampleJwt } from '../sessions/index.ts'
import { exampleUser } from '../users/index.ts'

const [redirectUri = ''] = exampleConnectedApp.redirect_urls
const code = 'wZ0xS3rTqLkJhGfDsApOiUyTrEwQmNbVcXz1K2j3H4g5'
const scopes = ['openid', 'profile', 'email', 'offline_access']
/** 2026-01-01T00:00:00Z, in seconds. */
const issuedAt = 1_767_225_600

/** As the client sent it to the page. */
export const exampleRequest = {
  client_id: exampleClientId,
  redirect_uri: redirectUri,
  response_type: 'code',
  scopes,
}

/** What the page adds to it when the user has agreed. */
export const exampleConsent = {
  consent_granted: true,
  state: 'af0ifjsldkj',
  nonce: 'n-0S6_WzA2Mj',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
}

export const exampleStart = {
  user_id: exampleUser.user_id,
  user: exampleUser,
  client: {
    client_id: exampleClientId,
    client_name: exampleConnectedApp.client_name,
    client_description: exampleConnectedApp.client_description,
    client_type: exampleConnectedApp.client_type,
  },
  consent_required: true,
  scope_results: [
    { scope: 'openid', description: 'Know who you are here', is_grantable: true },
    { scope: 'profile', description: 'See your name and picture', is_grantable: true },
    { scope: 'email', description: 'See your e-mail address', is_grantable: true },
    { scope: 'offline_access', description: 'Keep this access while you are away', is_grantable: true },
  ],
}

export const exampleSubmitted = {
  redirect_uri: `${redirectUri}?code=${code}&state=${exampleConsent.state}&iss=${encodeURIComponent(exampleOrigin)}`,
  authorization_code: code,
}

/** Credentials of a confidential client, in the body. */
export const exampleClientCredentials = {
  client_id: exampleClientId,
  client_secret: 'x2VqZr7LxV1sNpKhGjDdSaQeWcYbRnMtUiOomF4uXy9_',
}

export const exampleTokenRequest = {
  grant_type: 'authorization_code',
  code,
  redirect_uri: redirectUri,
  code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  ...exampleClientCredentials,
}

export const exampleTokens = {
  access_token: exampleJwt,
  token_type: 'Bearer' as const,
  expires_in: 3_600,
  scope: scopes.join(' '),
  refresh_token: 'r8NqZx5LcV1wMpKhTjDfSaQeUcYbRvGtXiOomF4uB2k7',
  id_token: exampleJwt,
}

export const exampleUserinfo = {
  sub: exampleUser.user_id,
  name: 'Ada Lovelace',
  given_name: 'Ada',
  family_name: 'Lovelace',
  email: 'ada@example.com',
  email_verified: true,
}

export const exampleIntrospection = {
  active: true,
  iss: exampleOrigin,
  sub: exampleUser.user_id,
  aud: [exampleProject.id],
  client_id: exampleClientId,
  scope: scopes.join(' '),
  iat: issuedAt,
  nbf: issuedAt,
  exp: issuedAt + 3_600,
  jti: 'tYh4QmN7bVcXz1KpLoIuJyTgRfEdWsAq2k3j5H6g8f9',
  token_type: 'access_token' as const,
}

export const exampleAppsOfUser = {
  connected_apps: [
    {
      connected_app_id: exampleClientId,
      name: exampleConnectedApp.client_name,
      description: exampleConnectedApp.client_description,
      client_type: exampleConnectedApp.client_type,
      scopes_granted: scopes.join(' '),
    },
  ],
}
