/** Attach a provider to a user that exists: the user has two ways in from then on. */
import { call, type Flow, type Step } from './flow.ts'
import { authenticateToken, logInAtProvider, makeVerifier, providerChoice } from './login.ts'

const [app, server] = [0, 1]

const takeUser: Step = {
  title: 'Take a user',
  text: 'The one you named, or a new one made for this run. In your app it is whoever is logged in.',
  from: app,
  to: server,
  arrow: 'users.create or .get',
  run({ user_id = '' }, tools) {
    if (user_id !== '') {
      return call(tools, 'users.get', { user_id }, { learn: (body) => ({ user_id: body('user_id') }) })
    }
    const email = `flow-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36)}@example.com`
    const values = { email, name: { first_name: 'Ada', last_name: 'Lovelace' } }
    return call(tools, 'users.create', values, { learn: (body) => ({ user_id: body('user_id') }) })
  },
}

const getAttachToken: Step = {
  title: 'Get an attach token',
  text: 'It says to which user the next login belongs. It is for this provider, is good once, and travels in the start URL.',
  from: app,
  to: server,
  arrow: 'oauth.attach',
  run: ({ provider = '', user_id = '' }, tools) =>
    call(
      tools,
      'oauth.attach',
      { provider, user_id },
      { learn: (body) => ({ oauth_attach_token: body('oauth_attach_token') }) },
    ),
}

const lookAtUser: Step = {
  title: 'See the provider at the user',
  text: 'The user now lists the provider, and whoever logs in with that account is this user.',
  from: app,
  to: server,
  arrow: 'users.get',
  run: ({ user_id = '', provider = '' }, tools) =>
    call(
      tools,
      'users.get',
      { user_id },
      {
        check: (body) =>
          body('providers').toLowerCase().includes(`"${provider.toLowerCase()}"`)
            ? undefined
            : {
                what: `The user does not list ${provider}.`,
                advice: 'Start again with an account that no other user has.',
              },
      },
    ),
}

export const attach: Flow = {
  lead: 'A user who exists gets one more way to log in. The attach token binds the login to them, whatever address the provider’s account has.',
  lanes: ['Your app', 'This server', 'Provider'],
  choices: [
    { name: 'user_id', label: 'User ID', hint: 'Empty: a new user is made for this run.', value: '' },
    providerChoice('github'),
  ],
  needsRedirectUrl: true,
  steps: [takeUser, getAttachToken, makeVerifier, logInAtProvider, authenticateToken, lookAtUser],
}
