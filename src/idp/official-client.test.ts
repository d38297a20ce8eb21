/** Connected Apps through the vendor's own Node client, which we did not write. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import stytch from 'stytch'
import { testDatabases } from '../testing/databases.ts'
import { idpScene, pkcePair, projectSettings, redirectUri, type Scene } from './idp.fixture.ts'

const policy = {
  roles: [{ role_id: 'stytch_user', permissions: [{ resource_id: 'documents', actions: ['read'] }] }],
  resources: [{ resource_id: 'documents', actions: ['read', 'write'] }],
  scopes: [
    {
      scope: 'read:documents',
      description: 'Read your documents',
      permissions: [{ resource_id: 'documents', actions: ['read'] }],
    },
    {
      scope: 'write:documents',
      description: 'Change your documents',
      permissions: [{ resource_id: 'documents', actions: ['write'] }],
    },
  ],
}

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene, client: InstanceType<typeof stytch.Client>) => Promise<void>) =>
    test(`${database.name}: official client: ${name}`, async () => {
      // Local verification compares with the machine's clock.
      await using scene = await idpScene(database, {}, new Date().toISOString())
      await projectSettings(scene.app, {}, policy)
      const origin = await scene.app.listen()
      const { id: project_id, secret } = scene.app.project
      await run(scene, new stytch.Client({ project_id, secret, env: origin }))
    })

  on('an app is made, authorized, introspected on the network and locally, listed and revoked', async (s, client) => {
    const made = await client.connectedApp.clients.create({
      client_type: 'third_party',
      client_name: 'Notes',
      redirect_urls: [redirectUri],
    })
    const { client_id, client_secret = '' } = made.connected_app
    const request = {
      client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scopes: ['openid', 'read:documents', 'write:documents'],
      user_id: s.session.userId,
    }
    const start = await client.idp.oauth.authorizeStart(request)
    assert.equal(start.consent_required, true)
    assert.equal(start.client.client_name, 'Notes')
    assert.deepEqual(
      start.scope_results.map(({ scope, is_grantable }) => [scope, is_grantable]),
      [
        ['openid', true],
        ['read:documents', true],
        ['write:documents', false],
      ],
    )
    const { verifier, challenge } = pkcePair()
    const answer = await client.idp.oauth.authorize({
      ...request,
      consent_granted: true,
      state: 's',
      code_challenge: challenge,
    })
    const landed = new URL(answer.redirect_uri)
    assert.deepEqual(
      [landed.searchParams.get('code'), landed.searchParams.get('state')],
      [answer.authorization_code, 's'],
    )
    const { body: tokens } = await s.token({
      grant_type: 'authorization_code',
      code: answer.authorization_code ?? '',
      code_verifier: verifier,
      client_id,
      client_secret,
    })
    assert.equal(tokens.scope, 'openid read:documents')

    const credentials = { token: tokens.access_token, client_id, client_secret }
    const check = (action: string) => ({ authorization_check: { resource_id: 'documents', action } })
    const network = await client.idp.introspectTokenNetwork(credentials, check('read'))
    const local = await client.idp.introspectTokenLocal(tokens.access_token, check('read'))
    for (const seen of [network, local]) {
      assert.equal(seen.subject, s.session.userId)
      assert.equal(seen.scope, 'openid read:documents')
      assert.equal(seen.token_type, 'access_token')
    }
    await assert.rejects(client.idp.introspectTokenLocal(tokens.access_token, check('write')))
    await assert.rejects(client.idp.introspectTokenNetwork(credentials, check('write')))

    const apps = await client.users.connectedApps({ user_id: s.session.userId })
    assert.deepEqual(
      apps.connected_apps.map((app) => [app.connected_app_id, app.scopes_granted]),
      [[client_id, 'openid read:documents']],
    )
    await client.users.revoke({ user_id: s.session.userId, connected_app_id: client_id })
    await assert.rejects(client.idp.introspectTokenNetwork(credentials))
    assert.deepEqual((await client.users.connectedApps({ user_id: s.session.userId })).connected_apps, [])
  })

  on('an M2M client is made, gets tokens, and these are authenticated with their scopes', async (_s, client) => {
    const { m2m_client } = await client.m2m.clients.create({ scopes: ['read:users', 'write:users'] })
    const { client_id, client_secret } = m2m_client
    const token = await client.m2m.token({ client_id, client_secret, scopes: ['read:users'] })
    assert.equal(token.expires_in, 3600)
    const seen = await client.m2m.authenticateToken({
      access_token: token.access_token,
      required_scopes: ['read:users'],
    })
    assert.equal(seen.client_id, client_id)
    assert.deepEqual(seen.scopes, ['read:users'])
    await assert.rejects(
      client.m2m.authenticateToken({ access_token: token.access_token, required_scopes: ['write:users'] }),
    )
    await assert.rejects(client.m2m.token({ client_id, client_secret: 'wrong', scopes: [] }), /invalid_client/)
  })
}
