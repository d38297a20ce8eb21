/** The question of a logout: what its form is good for, requests by POST, and whose endpoint it is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../crypto/token.ts'
import type { Visit } from '../../testing/browser.ts'
import { testDatabases } from '../../testing/databases.ts'
import { givenOtherProject, givenSession } from '../../testing/given.ts'
import { givenClient, projectSettings } from '../idp.fixture.ts'
import { formOf, type Hosted, hostedScene, isLoginPage, linksOf, type Person, response } from './hosted.fixture.ts'

const bye = 'https://client.example/bye'
const ada = 'verified:ada@example.com'

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Hosted, person: Person) => Promise<void>, settings: object = {}) =>
    test(`${database.name}: pages: logout: ${name}`, async () => {
      await using scene = await hostedScene(database, { ...settings })
      await run(scene, scene.person())
    })
  const paths = (s: Hosted) => ['/v1/oauth2/logout', `/v1/public/${s.app.project.id}/oauth2/logout`]
  const ask = (s: Hosted, person: Person) =>
    person.open(
      `${s.origin}/v1/oauth2/logout?${new URLSearchParams({ client_id: s.client.id, post_logout_redirect_uri: bye, state: 's' })}`,
    )
  const isQuestion = ({ body }: Visit) => /<h1>Log out of Test\?<\/h1>/.test(body)
  const isLoggedOut = ({ body }: Visit) => body.includes('<h1>You are logged out</h1>')
  const isIn = async (s: Hosted, person: Person) => !isLoginPage(await person.open(s.url({ prompt: 'consent' })))
  const verdict = async (s: Hosted, path: string, query = '') => {
    const { status, body, headers } = await s.app.call('GET', `${path}${query}`, { auth: false })
    assert.equal(headers.location, undefined)
    return [status, body.error_type]
  }

  on('a form of another session is asked about anew, and ends nothing', async (s, person) => {
    await person.enter()
    const asked = await ask(s, person)
    const other = s.person()
    await other.enter({}, ada)
    const { action, fields } = formOf(asked)
    const again = await other.browser.post(new URL(action, s.origin), { ...fields, answer: 'log_out' })
    assert.ok(isQuestion(again), again.body)
    assert.ok(again.body.includes('ada@example.com') && !again.body.includes('maya'))
    assert.ok((await isIn(s, person)) && (await isIn(s, other)))
    assert.equal(response(await other.press(again, 'log_out')).state, 's')
    assert.ok(!(await isIn(s, other)) && (await isIn(s, person)))
  })

  on('the form in a browser that nobody is logged in to, or once more: a page, and a link on', async (s, person) => {
    await person.enter()
    const asked = await ask(s, person)
    await person.press(asked, 'log_out')
    const { action, fields } = formOf(asked)
    for (const browser of [person.browser, s.person().browser]) {
      for (const answer of ['log_out', 'stay']) {
        const shown = await browser.post(new URL(action, s.origin), { ...fields, answer })
        assert.ok(isLoggedOut(shown), shown.body)
        assert.deepEqual(linksOf(shown), [`${bye}?state=s`])
      }
    }
  })

  on('a form that was changed, made for something else, or is older than an hour', async (s, person) => {
    const consent = formOf(await person.enter()).fields
    const asked = formOf(await ask(s, person)).fields
    const refused = async (form: string | undefined) => {
      const { status, body, headers } = await s.app.call('POST', '/v1/oauth2/logout/answer', {
        auth: false,
        body: { form, answer: 'log_out' },
      })
      assert.deepEqual([status, body.error_type, body.error], [400, 'authorization_request_expired', 'invalid_request'])
      assert.equal(headers['set-cookie'], undefined)
    }
    await refused('x')
    await refused(consent.form)
    await refused(asked.form?.slice(0, -1))
    s.app.clock.advance({ minutes: 30 })
    assert.ok(await isIn(s, person))
    s.app.clock.advance({ minutes: 30 })
    await refused(asked.form)
    assert.ok(await isIn(s, person))
  })

  on('a URI that is no longer registered by the answer: out, and nowhere else', async (s, person) => {
    await person.enter()
    const asked = await ask(s, person)
    await s.app.app.db.query.updateTable('connected_apps').set({ post_logout_redirect_urls: '[]' }).execute()
    const done = await person.press(asked, 'log_out')
    assert.ok(isLoggedOut(done), done.body)
    assert.deepEqual(linksOf(done), [])
    assert.equal(await isIn(s, person), false)
  })

  on('the project is gone by the answer', async (s) => {
    const state = { projectId: newId('project', 'test'), sessionId: newId('session', 'test'), asked: {} }
    const form = s.app.app.sealer.seal(JSON.stringify({ at: s.app.clock.now().getTime(), state }), 'logout form')
    const body = { form, answer: 'log_out' }
    const answer = await s.app.call('POST', '/v1/oauth2/logout/answer', { auth: false, body })
    assert.deepEqual([answer.status, answer.body.error_type], [400, 'authorization_request_expired'])
  })

  on('a request by POST is the same one by GET, and is not done before', async (s, person) => {
    await person.enter()
    for (const path of paths(s)) {
      const fields = { client_id: s.client.id, post_logout_redirect_uri: bye, state: 'a b&c', unknown: 'x' }
      const answer = await fetch(`${s.origin}${path}`, {
        method: 'POST',
        body: new URLSearchParams(fields),
        redirect: 'manual',
      })
      assert.equal(answer.status, 303)
      const onward = new URL(answer.headers.get('location') ?? '')
      assert.deepEqual([onward.origin, onward.pathname], [s.origin, path])
      const { unknown: _, ...known } = fields
      assert.deepEqual(Object.fromEntries(onward.searchParams), known)
      assert.ok(isQuestion(await person.open(onward.href)))
    }
    assert.ok(await isIn(s, person))
  })

  on('check 67: a parameter that stands twice is refused [C7]', async (s) => {
    for (const name of ['client_id', 'id_token_hint', 'post_logout_redirect_uri', 'state']) {
      const query = `?${name}=${s.client.id}&${name}=${s.client.id}`
      assert.deepEqual(await verdict(s, '/v1/oauth2/logout', query), [400, 'bad_request'], name)
    }
  })

  on('check 52: the client of another project, a project that is none, and an origin that is nobody’s', async (s) => {
    await givenOtherProject(s.app)
    s.app.app.projects.forget()
    const query = `?${new URLSearchParams({ client_id: s.client.id, post_logout_redirect_uri: bye })}`
    const foreign = '/v1/public/project-test-99999999-9999-4999-8999-999999999999/oauth2/logout'
    assert.deepEqual(await verdict(s, foreign, query), [400, 'post_logout_redirect_uri_not_registered'])
    const missing = `/v1/public/${newId('project', 'test')}/oauth2/logout`
    assert.deepEqual(await verdict(s, missing), [404, 'project_not_found'])
    assert.equal((await verdict(s, '/v1/oauth2/logout'))[1], 'issuer_is_ambiguous')
    assert.equal(
      (await s.app.call('GET', `/v1/oauth2/logout${query}`, { auth: false })).status,
      200,
      'its client says it',
    )
    await projectSettings(s.app, { idp_issuer_path: 'tenant' })
    assert.equal((await verdict(s, '/v1/oauth2/logout'))[1], 'issuer_not_found')
  })

  on('a session that the same user has at an app goes on', async (s, person) => {
    await person.enter()
    const app = await givenSession(s.app)
    const { user_id } = await s.app.app.db.query.selectFrom('users').select('user_id').executeTakeFirstOrThrow()
    await s.app.app.db.query.updateTable('sessions').set({ user_id }).execute()
    await person.press(await ask(s, person), 'log_out')
    const left = await s.app.app.db.query.selectFrom('sessions').select('session_id').execute()
    assert.deepEqual(
      left.map(({ session_id }) => session_id),
      [app.sessionId],
    )
  })

  on('each request leaves its trace', async (s, person) => {
    const client = await givenClient(s.app)
    await person.open(`${s.origin}/v1/oauth2/logout?client_id=${client.id}`)
    s.app.clock.advance({ seconds: 1 })
    await person.open(
      `${s.origin}/v1/oauth2/logout?client_id=${client.id}&post_logout_redirect_uri=https://evil.example/`,
    )
    await s.app.app.flush()
    const { body } = await s.app.call('GET', '/v1/oauth/attempts?step=logout')
    assert.deepEqual(
      body.attempts.map((one: { outcome: string; client_id: string }) => [one.outcome, one.client_id]),
      [
        ['post_logout_redirect_uri_not_registered', client.id],
        ['ok', client.id],
      ],
    )
  })
}
