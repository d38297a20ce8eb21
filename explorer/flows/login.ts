/** Log in with a provider: from the start URL to a session that is verified. */
import { call, type Flow, type Memory, refusalIn, type Step, type Tools, visit } from './flow.ts'
import { verify } from './jwt.ts'
import { challengeOf, newVerifier } from './pkce.ts'

const [app, server, provider] = [0, 1, 2]

/** Names of providers, as they stand in start URLs. */
const known = [
  'google', 'github', 'apple', 'microsoft', 'gitlab', 'facebook', 'discord', 'slack', 'linkedin', 'twitch', 'twitter',
] // biome-ignore format: a list of names reads best as a block

/** Which provider; of a project of `selvage dev` the sandbox plays all of them. */
export const providerChoice = (value: string) => ({
  name: 'provider',
  label: 'Provider',
  hint: 'As in the start URL. In a test project the sandbox plays it unless the project has credentials of its own.',
  value,
  offers: known,
})

/** The verifier stays here; only its hash goes with the browser. */
export const makeVerifier: Step = {
  title: 'Make a code verifier',
  text: 'A secret of this login alone. Its hash goes to the server with the browser; who steals the token on the way back cannot use it without the secret (RFC 7636).',
  from: app,
  to: app,
  arrow: 'PKCE pair',
  async run() {
    const code_verifier = newVerifier()
    const code_challenge = await challengeOf(code_verifier)
    const learnt = { code_verifier, code_challenge }
    return { answer: { title: 'Made in this page', value: learnt }, learnt }
  },
}

/** Where the browser is sent to log in. */
export function startUrl({ provider, code_challenge, oauth_attach_token }: Memory, tools: Tools): URL {
  const url = new URL(`/v1/public/oauth/${encodeURIComponent(provider ?? '')}/start`, tools.baseUrl)
  url.search = new URLSearchParams({
    public_token: tools.publicToken,
    login_redirect_url: tools.landing,
    signup_redirect_url: tools.landing,
    code_challenge: code_challenge ?? '',
    ...(oauth_attach_token !== undefined && { oauth_attach_token }),
  }).toString()
  return url
}

/** Opens the start URL, and catches the token that comes back. */
export const logInAtProvider: Step = {
  title: 'Log in at the provider',
  text: 'The browser goes to the start URL, from there to the provider, and comes back to one of the project’s redirect URLs with a token. If the window shows an error, it says what to do.',
  from: app,
  to: provider,
  arrow: 'start → login → token',
  run: (memory, tools) =>
    visit(tools, startUrl(memory, tools), (query) => {
      const token = query.get('token')
      if (token !== null) return { learnt: { token } }
      return { problem: refusalIn(query) ?? { what: 'It came back without a token.', advice: 'Run the step again.' } }
    }),
}

/** The backend's part: a token, once, for a session. */
export const authenticateToken: Step = {
  title: 'Trade the token for a session',
  text: 'Your backend sends token and verifier. The token is good once; the answer holds the user, a session and its tokens.',
  from: app,
  to: server,
  arrow: 'oauth.authenticate',
  run: ({ token = '', code_verifier = '' }, tools) =>
    call(
      tools,
      'oauth.authenticate',
      { token, code_verifier, session_duration_minutes: 60 },
      {
        learn: (body) => ({
          session_token: body('session_token'),
          session_jwt: body('session_jwt'),
          user_id: body('user_id'),
        }),
      },
    ),
}

const getKeys: Step = {
  title: 'Get the project’s keys',
  text: 'The public halves of the keys that sign session JWTs. A backend keeps them for minutes and asks again when it meets a key ID that it does not know.',
  from: app,
  to: server,
  arrow: 'sessions.jwks',
  run: (_memory, tools) =>
    call(tools, 'sessions.jwks', { project_id: tools.projectId }, { learn: (body) => ({ keys: body('keys') }) }),
}

const verifySession: Step = {
  title: 'Verify the session JWT',
  text: 'Without asking the server: algorithm, key, signature, issuer, audience and expiry, here by the browser’s own cryptography.',
  from: app,
  to: app,
  arrow: 'verify the JWT',
  run: (memory, tools) =>
    verified(
      memory.session_jwt ?? '',
      memory.keys ?? '',
      [`stytch.com/${tools.projectId}`, tools.baseUrl],
      tools.projectId,
    ),
}

/** What a token holds and whether it holds. */
export async function verified(jwt: string, keys: string, issuer: readonly string[], audience: string) {
  const result = await verify(jwt, { keys: JSON.parse(keys) }, { issuer, audience, now: Date.now() })
  if (!result) return { problem: { what: 'The answer held no JWT.', advice: 'Start again.' } }
  const { header, claims, checks } = result
  const wrong = checks.filter(({ isGood }) => !isGood)
  const shown = {
    request: { title: 'Decoded', value: { header, claims } },
    answer: {
      title: wrong.length === 0 ? 'Every check holds' : 'Not to be trusted',
      value: Object.fromEntries(checks.map(({ what, isGood, detail }) => [what, `${isGood ? '✓' : '✗'} ${detail}`])),
    },
  }
  if (wrong.length === 0) return shown
  const what = `${wrong.map(({ what }) => what).join(', ')}: not as it must be.`
  return {
    ...shown,
    problem: { what, advice: 'A token that fails a check is refused. Compare the clocks, then start again.' },
  }
}

const askSession: Step = {
  title: 'Ask whether the session is live',
  text: 'A JWT tells what was true when it was signed. Before something that matters, ask: the answer is of this moment, and brings a new JWT.',
  from: app,
  to: server,
  arrow: 'sessions.authenticate',
  run: ({ session_token = '' }, tools) => call(tools, 'sessions.authenticate', { session_token }),
}

export const login: Flow = {
  lead: 'A person logs in with a provider, and your backend ends up with a session it can verify. Each step is the real request, sent with this server’s credentials.',
  lanes: ['Your app', 'This server', 'Provider'],
  choices: [providerChoice('google')],
  needsRedirectUrl: true,
  steps: [makeVerifier, logInAtProvider, authenticateToken, getKeys, verifySession, askSession],
}
