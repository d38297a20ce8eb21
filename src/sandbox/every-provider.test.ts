/** Every provider, from the start URL to the app and back, with what each is known to say and to leave out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestApp, testApp } from '../testing/app.ts'
import { TestBrowser, type Visit } from '../testing/browser.ts'
import { testDatabases } from '../testing/databases.ts'

interface Expected {
  readonly type: string
  /** Keys of the factor objects. */
  readonly factors: readonly string[]
  readonly subject: RegExp
  readonly tokens: readonly ('access_token' | 'refresh_token' | 'id_token')[]
  readonly scopes: readonly string[]
  /** Whether addresses count: when verified, when the project trusts them, or never. */
  readonly email: 'when verified' | 'when trusted' | 'never'
  readonly name: readonly [first: string, last: string]
  readonly picture: boolean
  readonly locale: string
}

const openid = ['openid', 'email', 'profile']
const snap = 'https://auth.snapchat.com/oauth2/api/user.'
const google = 'https://www.googleapis.com/auth/userinfo.'

// Written out, not taken from the records: this is what the records must amount to.
const expected: Readonly<Record<string, Expected>> = {
  google: {
    type: 'Google',
    factors: ['google_oauth_factor'],
    subject: /^1\d{20}$/,
    tokens: ['access_token', 'refresh_token', 'id_token'],
    scopes: ['openid', `${google}email`, `${google}profile`],
    email: 'when verified',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: '',
  },
  microsoft: {
    type: 'Microsoft',
    factors: ['microsoft_oauth_factor'],
    subject: /^[\w-]{43}$/,
    tokens: ['access_token', 'id_token'],
    scopes: openid,
    email: 'never',
    name: ['Maya', 'Okafor'],
    picture: false,
    locale: '',
  },
  apple: {
    type: 'Apple',
    factors: ['apple_oauth_factor'],
    subject: /^\d{6}\.[0-9a-f]{32}\.\d{4}$/,
    tokens: ['access_token', 'refresh_token', 'id_token'],
    scopes: ['name', 'email'],
    email: 'when verified',
    name: ['Maya', 'Okafor'],
    picture: false,
    locale: '',
  },
  github: {
    type: 'Github',
    factors: ['github_oauth_factor'],
    subject: /^\d{10}$/,
    tokens: ['access_token'],
    scopes: ['user:email'],
    email: 'when verified',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: '',
  },
  gitlab: {
    type: 'GitLab',
    factors: ['git_lab_oauth_factor', 'gitlab_oauth_factor'],
    subject: /^\d{8}$/,
    tokens: ['access_token', 'refresh_token', 'id_token'],
    scopes: openid,
    email: 'when verified',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: '',
  },
  facebook: {
    type: 'Facebook',
    factors: ['facebook_oauth_factor'],
    subject: /^\d{17}$/,
    tokens: ['access_token'],
    scopes: ['email', 'public_profile'],
    email: 'when trusted',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: '',
  },
  discord: {
    type: 'Discord',
    factors: ['discord_oauth_factor'],
    subject: /^\d{18}$/,
    tokens: ['access_token', 'refresh_token'],
    scopes: ['identify', 'email'],
    email: 'when verified',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: 'en-US',
  },
  salesforce: {
    type: 'Salesforce',
    factors: ['salesforce_oauth_factor'],
    subject: /^005[0-9A-Za-z]{15}$/,
    tokens: ['access_token', 'id_token'],
    scopes: openid,
    email: 'when verified',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: 'en_US',
  },
  slack: {
    type: 'Slack',
    factors: ['slack_oauth_factor'],
    subject: /^U[0-9A-Z]{10}$/,
    tokens: ['access_token', 'id_token'],
    scopes: openid,
    email: 'when verified',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: 'en-US',
  },
  amazon: {
    type: 'Amazon',
    factors: ['amazon_oauth_factor'],
    subject: /^amzn1\.account\.[0-9A-Z]{28}$/,
    tokens: ['access_token', 'refresh_token'],
    scopes: ['profile'],
    email: 'never',
    name: ['Maya', 'Okafor'],
    picture: false,
    locale: '',
  },
  bitbucket: {
    type: 'Bitbucket',
    factors: ['bitbucket_oauth_factor'],
    subject: /^\{[0-9a-f-]{36}\}$/,
    tokens: ['access_token', 'refresh_token'],
    scopes: ['account', 'email'],
    email: 'when verified',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: '',
  },
  linkedin: {
    type: 'LinkedIn',
    factors: ['linked_in_oauth_factor', 'linkedin_oauth_factor'],
    subject: /^[0-9A-Z]{10}$/,
    tokens: ['access_token', 'id_token'],
    scopes: ['openid', 'profile', 'email'],
    email: 'when verified',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: 'en-US',
  },
  coinbase: {
    type: 'Coinbase',
    factors: ['coinbase_oauth_factor'],
    subject: /^[0-9a-f-]{36}$/,
    tokens: ['access_token'],
    scopes: ['wallet:user:read', 'wallet:user:email'],
    email: 'when trusted',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: '',
  },
  twitch: {
    type: 'Twitch',
    factors: ['twitch_oauth_factor'],
    subject: /^\d{9}$/,
    tokens: ['access_token', 'refresh_token', 'id_token'],
    scopes: ['openid', 'user:read:email'],
    email: 'when verified',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: '',
  },
  twitter: {
    type: 'Twitter',
    factors: ['twitter_oauth_factor'],
    subject: /^\d{19}$/,
    tokens: ['access_token', 'refresh_token'],
    scopes: ['users.read', 'tweet.read', 'offline.access'],
    email: 'never',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: '',
  },
  tiktok: {
    type: 'TikTok',
    factors: ['tik_tok_oauth_factor', 'tiktok_oauth_factor'],
    subject: /^-000[0-9a-f]{32}$/,
    tokens: ['access_token', 'refresh_token'],
    scopes: ['user.info.basic'],
    email: 'never',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: '',
  },
  snapchat: {
    type: 'Snapchat',
    factors: ['snapchat_oauth_factor'],
    subject: /^CAES[\w-]{43}$/,
    tokens: ['access_token', 'refresh_token'],
    scopes: [`${snap}display_name`, `${snap}bitmoji.avatar`, `${snap}external_id`],
    email: 'never',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: '',
  },
  figma: {
    type: 'Figma',
    factors: ['figma_oauth_factor'],
    subject: /^\d{19}$/,
    tokens: ['access_token', 'refresh_token'],
    scopes: ['current_user:read'],
    email: 'when trusted',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: '',
  },
  yahoo: {
    type: 'Yahoo',
    factors: ['yahoo_oauth_factor'],
    subject: /^[0-9A-Z]{26}$/,
    tokens: ['access_token', 'refresh_token', 'id_token'],
    scopes: openid,
    email: 'when verified',
    name: ['Maya', 'Okafor'],
    picture: true,
    locale: 'en-US',
  },
}

interface Scene {
  readonly app: TestApp
  readonly origin: string
  visit(provider: string, persona: string, parameters?: Record<string, string>): Promise<Visit>
  /** A whole login, and what authenticating it answers. */
  login(provider: string, persona: string, more?: Record<string, unknown>): ReturnType<TestApp['call']>
}

async function scene(database: (typeof testDatabases)[number]): Promise<Scene & AsyncDisposable> {
  const app = await testApp({ database: await database.fresh() })
  const origin = await app.listen()
  const made: Scene & AsyncDisposable = {
    app,
    origin,
    visit(provider, persona, parameters = {}) {
      const start = new URL(`/v1/public/oauth/${provider}/start`, origin)
      const query = { public_token: app.project.publicToken, provider_persona: persona, ...parameters }
      start.search = new URLSearchParams(query).toString()
      return new TestBrowser().open(start)
    },
    async login(provider, persona, more = {}) {
      const { url, body } = await made.visit(provider, persona)
      const token = url.searchParams.get('token')
      assert.ok(token, `${provider}: ${body}`)
      return app.call('POST', '/v1/oauth/authenticate', { body: { token, ...more } })
    },
    [Symbol.asyncDispose]: () => app.close(),
  }
  return made
}

test('the table names all nineteen', () => assert.equal(Object.keys(expected).length, 19))

for (const database of testDatabases) {
  const on = (name: string, run: (scene: Scene) => Promise<void>) =>
    test(`${database.name}: ${name}`, async () => {
      await using made = await scene(database)
      await run(made)
    })

  for (const [provider, wanted] of Object.entries(expected)) {
    on(
      `${provider}: a login brings subject, name, tokens, scopes and factor as the provider states them`,
      async (s) => {
        const { status, body, text } = await s.login(provider, 'verified', { session_duration_minutes: 5 })
        assert.equal(status, 200, text)
        assert.equal(body.provider_type, wanted.type)
        assert.match(body.provider_subject, wanted.subject)
        assert.deepEqual([body.user.name.first_name, body.user.name.last_name], wanted.name)
        const [registration] = body.user.providers
        assert.equal(registration.profile_picture_url !== '', wanted.picture)
        assert.equal(registration.locale, wanted.locale)
        const tokens = (['access_token', 'refresh_token', 'id_token'] as const).filter(
          (name) => body.provider_values[name],
        )
        assert.deepEqual(tokens, wanted.tokens)
        assert.deepEqual(body.provider_values.scopes, wanted.scopes)
        const [factor] = body.user_session.authentication_factors
        assert.equal(factor.delivery_method, `oauth_${provider}`)
        const keys = Object.keys(factor).filter((key) => key.endsWith('_oauth_factor'))
        assert.deepEqual(keys.sort(), wanted.factors)
        for (const key of wanted.factors) assert.equal(factor[key].provider_subject, body.provider_subject)

        const again = await s.login(provider, 'verified')
        assert.equal(again.body.user_id, body.user_id)
        assert.deepEqual(again.body.user.name, body.user.name)
      },
    )

    on(`check 35: ${provider}: an address that is verified, unverified or absent links as it may`, async (s) => {
      const { body: owner } = await s.app.call('POST', '/v1/users', { body: { email: 'owner@example.com' } })
      const google = await s.login('google', 'verified:owner@example.com')
      assert.equal(google.body.user_id, owner.user_id, 'the address is proven now')
      for (const persona of ['verified:owner@example.com', 'unverified:other@example.com', 'no-email:Owner']) {
        const { body } = await s.login(provider, persona)
        const links = persona.startsWith('verified') && (wanted.email === 'when verified' || provider === 'google')
        assert.equal(body.user_id === owner.user_id, links, `${provider} ${persona}`)
        const addresses = body.user.emails.map(({ email }: { email: string }) => email)
        assert.deepEqual(addresses, links ? ['owner@example.com'] : [], `${provider} ${persona}`)
      }
    })

    on(`${provider}: what goes wrong there has a name, and nobody is logged in`, async (s) => {
      const type = async (persona: string) => {
        const { body, status } = await s.visit(provider, persona)
        return status < 400 ? 'logged in' : JSON.parse(body).error_type
      }
      assert.equal(await type('denied'), 'oauth_flow_callback_error')
      assert.equal(await type('error'), 'oauth_flow_callback_error')
      for (const persona of ['token-500', 'malformed-json', 'huge-response']) {
        assert.equal(await type(persona), 'oauth_auth_code_error', persona)
      }
      const hasIdToken = wanted.tokens.includes('id_token')
      for (const persona of ['wrong-nonce', 'wrong-issuer', 'expired-id-token']) {
        const exists = hasIdToken && !(provider === 'linkedin' && persona === 'wrong-nonce')
        assert.equal(await type(persona), exists ? 'oauth_auth_code_error' : 'sandbox_persona_unknown', persona)
      }
      assert.deepEqual(await s.app.app.db.query.selectFrom('users').selectAll().execute(), [])
    })
  }

  on('an address that changed at the provider is still the same user, and the new one is not taken', async (s) => {
    const first = await s.login('google', 'verified:ada@example.com')
    const later = await s.login('google', 'email-changed:ada@example.com')
    assert.equal(later.body.user_id, first.body.user_id)
    assert.deepEqual(
      later.body.user.emails.map(({ email }: { email: string }) => email),
      ['ada@example.com'],
    )
  })

  on('apple: a relay address counts, and the name is kept from the first login', async (s) => {
    const first = await s.login('apple', 'private-relay:ada.lovelace@example.com')
    assert.match(first.body.user.emails[0].email, /^[a-z0-9]+@privaterelay\.appleid\.com$/)
    const again = await s.login('apple', 'private-relay:ada.lovelace@example.com')
    assert.deepEqual(again.body.user.name, { first_name: 'Ada', middle_name: '', last_name: 'Lovelace' })
    assert.equal(again.body.user_id, first.body.user_id)
  })

  on('check 36: microsoft: an address from a foreign directory is nobody’s, however it is verified', async (s) => {
    const owner = await s.login('google', 'verified:ceo@example.com')
    const foreign = await s.login('microsoft', 'foreign-tenant:ceo@example.com')
    assert.notEqual(foreign.body.user_id, owner.body.user_id)
    assert.deepEqual(foreign.body.user.emails, [])
    const again = await s.login('microsoft', 'foreign-tenant:ceo@example.com')
    assert.equal(again.body.user_id, foreign.body.user_id)
  })

  on('revoked-refresh: the login works, its refresh token does not', async (s) => {
    const { body } = await s.login('google', 'revoked-refresh')
    const answer = await s.app.call('POST', '/sandbox/google/token', {
      auth: false,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: body.provider_values.refresh_token,
        client_id: 'sandbox-google-client',
        client_secret: 'sandbox-google-not-a-secret',
      }).toString(),
    })
    assert.equal(answer.body.error, 'invalid_grant')
  })
}
