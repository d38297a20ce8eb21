import assert from 'node:assert/strict'
import { test } from 'node:test'
import { personas, readChoice } from './persona.ts'
import { memberOf } from './provider.ts'
import { playedProviders } from './providers/index.ts'

function account(text: string) {
  const choice = readChoice(text)
  if ('problem' in choice) assert.fail(choice.problem)
  return choice.account
}

test('every persona reads back by its name', () => {
  for (const persona of personas) {
    const choice = readChoice(persona.name)
    assert.ok('persona' in choice)
    assert.equal(choice.persona, persona)
  }
})

test('a name follows from the address: words before the @, without a +tag', () => {
  const names = (text: string) => [account(text).givenName, account(text).familyName]
  assert.deepEqual(names('verified:ada.king_lovelace+test@example.com'), ['Ada', 'King Lovelace'])
  assert.deepEqual(names('slow:ada@example.com'), ['Ada', ''])
  assert.deepEqual(names('no-email:Grace Hopper'), ['Grace', 'Hopper'])
})

test('an address is the same account however it is written; its verification does not make another', () => {
  assert.equal(account('verified:Ada@Example.com').key, account('unverified:ada@example.com').key)
  assert.equal(account('verified:Ada@Example.com').email?.address, 'Ada@Example.com')
})

test('check 37: odd addresses reach the server under test as they are written', () => {
  assert.equal(account('verified:ada＠example.com').email?.address, 'ada＠example.com')
  assert.equal(account('verified:ada@example.com.').email?.address, 'ada@example.com.')
})

// The ids are written down: a change of their derivation would make everybody a new user.
test('an account has another id at every provider, the same one after a restart', () => {
  const ids = [...playedProviders.values()].map((played) => [
    played.id,
    memberOf(played, account('verified'), 'http://localhost').subject,
  ])
  assert.deepEqual(ids, [
    ['google', '188054866865458599592'],
    ['github', '1058067617'],
  ])
})
