import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../request/send.ts'
import { NotSent } from '../request/send.ts'
import { call, type Flow, type Memory, type Outcome, refusalIn, type Tools } from './flow.ts'
import { Abandoned, FlowRun } from './run.ts'

const tools = {} as Tools
const step = (run: (memory: Memory) => Promise<Outcome>) => ({ title: '', text: '', from: 0, to: 1, arrow: '', run })
const flow = (...steps: readonly ((memory: Memory) => Promise<Outcome>)[]): Flow => ({
  lead: '',
  lanes: ['a', 'b'],
  choices: [],
  needsRedirectUrl: false,
  steps: steps.map(step),
})

test('steps run in order, and each knows what the reader chose and the earlier ones learnt', async () => {
  const seen: Memory[] = []
  const learn = (name: string) => async (memory: Memory) => {
    seen.push(memory)
    return { learnt: { [name]: name } }
  }
  const run = new FlowRun(flow(learn('one'), learn('two'), learn('three')), () => tools)
  await run.runNext({ provider: 'google' })
  assert.deepEqual([run.stateOf(0), run.stateOf(1), run.at], ['done', 'ahead', 1])
  await run.runAll({ provider: 'changed too late' })
  assert.ok(run.isDone)
  assert.deepEqual(seen.at(-1), { provider: 'google', one: 'one', two: 'two' })
  await run.runNext()
  assert.equal(run.outcomes.value.length, 3, 'there is nothing after the end')
})

test('a step that fails stops the run, and runs again', async () => {
  let times = 0
  const once = async () => (times++ === 0 ? { problem: { what: 'no' } } : {})
  const run = new FlowRun(
    flow(once, async () => ({})),
    () => tools,
  )
  await run.runAll()
  assert.deepEqual([run.at, run.stateOf(0), run.stateOf(1)], [0, 'failed', 'ahead'])
  await run.runAll()
  assert.ok(run.isDone)
})

test('while a step runs no second one begins', async () => {
  let end = () => {}
  const run = new FlowRun(
    flow(() => new Promise((resolve) => (end = () => resolve({})))),
    () => tools,
  )
  const running = run.runNext()
  assert.equal(run.stateOf(0), 'running')
  await run.runNext()
  end()
  await running
  assert.equal(run.outcomes.value.length, 1)
})

test('whatever is thrown becomes a problem with an advice', async () => {
  for (const [error, said] of [
    [new Abandoned(), /given up/],
    [new NotSent('The gateway is closed.'), /gateway is closed/],
    [new TypeError('x is not a function'), /This page failed: x is not/],
  ] as const) {
    const run = new FlowRun(
      flow(() => Promise.reject(error)),
      () => tools,
    )
    await run.runNext()
    const problem = run.outcomes.value[0]?.problem
    assert.match(problem?.what ?? '', said)
    assert.ok(problem?.advice)
  }
  const waits = new FlowRun(
    flow(async () => ({})),
    () => undefined,
  )
  await waits.runAll()
  assert.equal(waits.at, 0, 'without the gateway nothing runs')
})

const answering = (answer: Partial<Answer>): Tools => ({
  ...tools,
  send: async () => ({ status: 200, durationMs: 1, headers: {}, body: {}, ...answer }),
  adviceFor: (errorType) => (errorType === 'known' ? 'Do this.' : undefined),
  lineOf: () => 'POST /v1/x',
})

test('a call shows request and answer, learns by path, and says why it was refused and what to do', async () => {
  const learn = (body: (path: string) => string) => ({ id: body('app.id'), list: body('list'), none: body('no.where') })
  const good = await call(answering({ body: { app: { id: 'x' }, list: [1] } }), 'x', { a: 1 }, { learn })
  assert.deepEqual(good.learnt, { id: 'x', list: '[1]', none: '' })
  assert.deepEqual(good.request, { title: 'POST /v1/x', value: { a: 1 } })
  const refused = await call(answering({ status: 400, errorType: 'known', body: { error_message: 'No.' } }), 'x', {})
  assert.deepEqual(refused.problem, { what: 'No.', advice: 'Do this.' })
  const strange = await call(answering({ status: 502, body: 'gone' }), 'x', {})
  assert.deepEqual(strange.problem, { what: 'The server answered 502.' })
  const check = () => ({ what: 'not so' })
  assert.deepEqual((await call(answering({}), 'x', {}, { check })).problem, { what: 'not so' })
})

test('an error in the address that one comes back to is told', () => {
  assert.equal(refusalIn(new URLSearchParams('code=1')), undefined)
  const query = new URLSearchParams({ error: 'access_denied', error_description: 'They said no.' })
  assert.match(refusalIn(query)?.what ?? '', /access_denied.*They said no/)
})
