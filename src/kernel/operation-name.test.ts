import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flatName } from './operation-name.ts'

const names: readonly (readonly [string, string])[] = [
  ['api_oauth_v1_Attach', 'apiOauthV1Attach'],
  ['api_idp_v1_idp_oauth_AuthorizeStart', 'apiIdpV1IdpOauthAuthorizeStart'],
  ['api_m2m_v1_m2m_clients_Create', 'apiM2MV1M2MClientsCreate'],
  ['api_user_v1_DeleteOAuthRegistration', 'apiUserV1DeleteOAuthRegistration'],
  ['api_session_v1_GetJWKS', 'apiSessionV1GetJwks'],
  ['api_user_v1_DeleteTOTP', 'apiUserV1DeleteTotp'],
  [
    'api_connectedapps_v1_connected_apps_clients_secrets_RotateStart',
    'apiConnectedappsV1ConnectedAppsClientsSecretsRotateStart',
  ],
]

test('an operation of the original has the name that generated clients give it', () => {
  for (const [contractId, expected] of names) assert.equal(flatName('any.name', { contractId }), expected)
})

test('an operation of our own is named after its place in the list', () => {
  assert.equal(flatName('oauth.attempts', {}), 'oauthAttempts')
  assert.equal(flatName('idp.ofProject.token', {}), 'idpOfProjectToken')
})
