/** What clients tried, as operators find it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newToken } from '../crypto/token.ts'
import { LaggingWrites } from '../db/open.ts'
import { givenClient } from '../idp/idp.fixture.ts'
import { defineError } from '../kernel/errors.ts'
import { type TestApp, testApp } from '../testing/app.ts'
import { testDatabases } from '../testing/databases.ts'
import { givenOtherProject } from '../testing/given.ts'
import { type NewAttempt, noteAttempt, noteFailure, sweepAttempts } from './index.ts'

const redirectMismatch = defineError({
  type: 'redirect_uri_mismatch',
  status: 400,
  message: 'The client has not registered {uri}. Register it.',
  cause: 'The address differs.',
  fix: 'Register the address exactly.',
})

/** Notes as a handler would, and waits until it is written. */
async function noted(app: TestApp, work: (context: { lagging: LaggingWrites; now: Date }) => void): Promise<void> {
  const lagging = new LaggingWrites(app.app.db, 60_000, (error) => assert.fail(String(error)))
  work({ lagging, now: app.clock.now() })
  await lagging.flush()
}

const list = async (app: TestApp, query = '') => (await app.call('GET', `/v1/oauth/attempts${query}`)).body

for (const database of testDatabases) {
  const on = (name: string, run: (app: TestApp) => Promise<void>) =>
    test(`${database.name}: ${name}`, async () => {
      await using app = await testApp({ database: await database.fresh() })
      await run(app)
    })

  on('attempts are listed newest first, with their outcome, what was compared and the fix', async (app) => {
    const projectId = app.project.id
    await noted(app, (context) =>
      noteAttempt(context, { projectId, step: 'authorize', clientId: 'one', outcome: 'ok' }),
    )
    app.clock.advance({ seconds: 1 })
    await noted(app, (context) => {
      const error = redirectMismatch(
        { uri: 'https://app.example/callback' },
        { details: { received: 'https://app.example/callback', registered: ['https://app.example/cb'] } },
      )
      noteFailure(context, { projectId, step: 'authorize', clientId: 'one' }, error)
    })
    const { attempts, results_metadata } = await list(app)
    const [failed, succeeded] = attempts
    const { attempt_id, ...rest } = failed
    assert.match(attempt_id, /^[0-9a-z]{21}$/)
    assert.deepEqual(rest, {
      at: '2026-01-01T00:00:01Z',
      step: 'authorize',
      client_id: 'one',
      outcome: 'redirect_uri_mismatch',
      error_message: 'The client has not registered https://app.example/callback. Register it.',
      fix: 'Register the address exactly.',
      details: { received: 'https://app.example/callback', registered: ['https://app.example/cb'] },
    })
    assert.deepEqual([succeeded.outcome, succeeded.fix, succeeded.error_message, succeeded.details], ['ok', '', '', {}])
    assert.deepEqual(results_metadata, {})
  })

  on(
    'filters by client, step and outcome; pages without gap or repetition, also within one millisecond',
    async (app) => {
      const projectId = app.project.id
      await noted(app, (context) => {
        for (let at = 0; at < 7; at++) {
          const attempt: NewAttempt = { projectId, step: 'token', clientId: `client-${at % 2}`, outcome: 'ok' }
          noteAttempt(context, { ...attempt, details: { at } })
        }
        noteAttempt(context, { projectId, step: 'registration', outcome: 'invalid_client_metadata' })
      })
      assert.equal((await list(app, '?client_id=client-1')).attempts.length, 3)
      assert.equal((await list(app, '?step=registration')).attempts[0].client_id, '')
      assert.equal((await list(app, '?outcome=failed')).attempts.length, 1)
      assert.equal((await list(app, '?outcome=ok')).attempts.length, 7)
      const seen: number[] = []
      let query = '?outcome=ok&limit=3'
      for (let pages = 0; pages < 3; pages++) {
        const { attempts, results_metadata } = await list(app, query)
        seen.push(...attempts.map((one: { details: { at: number } }) => one.details.at))
        query = `?outcome=ok&limit=3&cursor=${encodeURIComponent(results_metadata.next_cursor ?? '')}`
      }
      assert.deepEqual(seen, [6, 5, 4, 3, 2, 1, 0])
    },
  )

  on(
    'check 52 and 62: another project sees none of them, and a cursor is good for its own project only',
    async (app) => {
      const projectId = app.project.id
      await noted(app, (context) => {
        for (const clientId of ['a', 'b']) noteAttempt(context, { projectId, step: 'token', clientId, outcome: 'ok' })
      })
      const { next_cursor } = (await list(app, '?limit=1')).results_metadata
      const auth = await givenOtherProject(app)
      assert.deepEqual((await app.call('GET', '/v1/oauth/attempts', { auth })).body.attempts, [])
      const cursor = encodeURIComponent(next_cursor)
      assert.equal((await app.call('GET', `/v1/oauth/attempts?cursor=${cursor}`, { auth })).status, 400)
      for (const broken of ['x', `${cursor}A`, "'--", cursor.slice(0, -4)]) {
        const answer = await app.call('GET', `/v1/oauth/attempts?cursor=${encodeURIComponent(broken)}`)
        assert.deepEqual([answer.status, answer.body.error_type], [400, 'bad_request'], broken)
      }
      for (const query of ['?limit=0', '?limit=1001', '?limit=x', '?step=elsewhere', '?outcome=maybe']) {
        assert.equal((await app.call('GET', `/v1/oauth/attempts${query}`)).status, 400, query)
      }
      assert.equal((await app.call('GET', '/v1/oauth/attempts', { auth: false })).status, 401)
    },
  )

  on('what a client really sends leaves its trace, without the code and the secret', async (app) => {
    const client = await givenClient(app, { type: 'third_party' })
    const [code, code_verifier] = [newToken(), newToken()]
    const form = { grant_type: 'authorization_code', code, code_verifier, redirect_uri: 'https://client.example/' }
    const answer = await app.call('POST', '/v1/oauth2/token', {
      auth: { username: client.id, password: client.secret },
      body: new URLSearchParams(form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    assert.equal(answer.body.error, 'invalid_grant', answer.text)
    await app.app.flush()
    const [attempt] = (await list(app, `?client_id=${client.id}&step=token&outcome=failed`)).attempts
    assert.equal(attempt.outcome, answer.body.error_type)
    assert.equal(attempt.error_message, answer.body.error_message)
    assert.notEqual(attempt.fix, '')
    const rows = JSON.stringify(await app.app.db.query.selectFrom('oauth_attempts').selectAll().execute())
    for (const secret of [code, code_verifier, client.secret]) assert.ok(!rows.includes(secret.slice(0, 12)))
  })

  on('a flood of one kind leaves the newest 500 of it and does not push out the other', async (app) => {
    const projectId = app.project.id
    await noted(app, (context) => noteAttempt(context, { projectId, step: 'token', clientId: 'early', outcome: 'no' }))
    for (let round = 0; round < 4; round++) {
      app.clock.advance({ seconds: 1 })
      await noted(app, (context) => {
        for (let at = 0; at < 1_300; at++) {
          noteAttempt(context, { projectId, step: 'token', outcome: 'ok', details: { number: round * 1_300 + at } })
        }
      })
    }
    const count = async () => (await app.app.db.query.selectFrom('oauth_attempts').selectAll().execute()).length
    assert.ok((await count()) <= 1_001, 'bounded without the sweep as well')
    await sweepAttempts(app.app.db, app.clock.now().getTime())
    assert.equal(await count(), 501)
    const { attempts } = await list(app, '?limit=1000')
    const numbers = attempts.flatMap((one: { details: { number?: number } }) => one.details.number ?? [])
    assert.deepEqual([Math.max(...numbers), Math.min(...numbers)], [5_199, 4_700])
    assert.equal(attempts.at(-1).client_id, 'early')
  })

  on('after seven days an attempt is gone, swept or not', async (app) => {
    const projectId = app.project.id
    await noted(app, (context) => noteAttempt(context, { projectId, step: 'logout', outcome: 'ok' }))
    app.clock.advance({ days: 7, milliseconds: -1 })
    assert.equal((await list(app)).attempts.length, 1)
    app.clock.advance({ milliseconds: 1 })
    assert.equal((await list(app)).attempts.length, 0)
    await sweepAttempts(app.app.db, app.clock.now().getTime())
    assert.deepEqual(await app.app.db.query.selectFrom('oauth_attempts').selectAll().execute(), [])
  })
}
