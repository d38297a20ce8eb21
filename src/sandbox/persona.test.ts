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
    ['microsoft', 'qIT0UdczUZ9bol9ypttrlICokAzFuDjSJcQ9NxwGh44'],
    ['apple', '526485.523d03f4ae2a9d324b70cc84163630e9.1611'],
    ['github', '1058067617'],
    ['gitlab', '27707549'],
    ['facebook', '10134287537594053'],
    ['discord', '856740488204988001'],
    ['salesforce', '0055g59IM7P9AWHHNN'],
    ['slack', 'U1I79JYKQNJ'],
    ['amazon', 'amzn1.account.5AC43CG2QQO7OKBBNZAWKVU09AOO'],
    ['bitbucket', '{3b2ebd4e-6402-4b5b-a6a8-96736141ffc8}'],
    ['linkedin', '2I2GIF0P5B'],
    ['coinbase', 'db475d63-ab14-48ad-a0c0-1ca8d5d8ad5a'],
    ['twitch', '796800632'],
    ['twitter', '1779062511487142240'],
    ['tiktok', '-000bfd1f17c338a76f38b36b5cf255e72ce'],
    ['snapchat', 'CAESrGJMXVW-hxEX5E92BpW8JIxAp-FxgLK4L9UYwj_61PI'],
    ['figma', '1887825229933289169'],
    ['yahoo', '1MC0TMD885FBKA7QBHJX1EFINN'],
  ])
})
