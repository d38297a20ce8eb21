import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'

const declare = async ({ app, project }: TestApp, policy: unknown) => {
  await app.db.query
    .updateTable('projects')
    .set({ rbac_policy: JSON.stringify(policy) })
    .where('project_id', '=', project.id)
    .execute()
  app.projects.forget()
}

for (const database of testDatabases) {
  test(`${database.name}: the RBAC policy is the project’s own, with every member that clients read`, async () => {
    await using app = await testApp({ database: await database.fresh() })
    const everybody = { role_id: 'stytch_user', description: 'Every user.', permissions: [] }
    const empty = await app.call('GET', '/v1/rbac/policy')
    assert.equal(empty.status, 200)
    assert.deepEqual(empty.body.policy, { roles: [everybody], resources: [], scopes: [] })

    const permissions = [{ resource_id: 'documents', actions: ['read', '*'] }]
    await declare(app, {
      roles: [{ role_id: 'editor', permissions }],
      resources: [{ resource_id: 'documents', actions: ['read', 'write'] }],
      scopes: [{ scope: 'read:documents', description: 'Read', permissions }],
    })
    assert.deepEqual((await app.call('GET', '/v1/rbac/policy')).body.policy, {
      roles: [everybody, { role_id: 'editor', description: '', permissions }],
      resources: [{ resource_id: 'documents', description: '', actions: ['read', 'write'] }],
      scopes: [{ scope: 'read:documents', description: 'Read', permissions }],
    })
    const auth = await givenOtherProject(app)
    assert.deepEqual((await app.call('GET', '/v1/rbac/policy', { auth })).body.policy, empty.body.policy)
    assert.equal((await app.call('GET', '/v1/rbac/policy', { auth: false })).status, 401)
  })
}
