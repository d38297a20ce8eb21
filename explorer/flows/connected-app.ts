/** A Connected App from its making to its end: authorize, consent, tokens, userinfo, introspect, refresh, revoke. */
import { call, type Flow, refusalIn, type Step, visit } from './flow.ts'
import { verified } from './login.ts'
import { challengeOf, newVerifier } from './pkce.ts'

const [app, server, person] = [0, 1, 2]

const makeClient: Step = {
  title: 'Make a client',
  text: 'A public one, as an MCP client or a mobile app is: it has no secret, so PKCE is what protects its codes. This page is its redirect URL.',
  from: app,
  to: server,
  arrow: 'clients.create',
  run: (_memory, tools) =>
    call(
      tools,
      'connectedApp.clients.create',
      { client_type: 'third_party_public', client_name: 'Guided flow', redirect_urls: [tools.landing] },
      { learn: (body) => ({ client_id: body('connected_app.client_id') }) },
    ),
}

const makeSecrets: Step = {
  title: 'Make verifier and state',
  text: 'The verifier protects the code (RFC 7636), the state shows that the answer belongs to this request (RFC 6749 §10.12).',
  from: app,
  to: app,
  arrow: 'PKCE and state',
  async run() {
    const code_verifier = newVerifier()
    const learnt = { code_verifier, code_challenge: await challengeOf(code_verifier), state: newVerifier() }
    return { answer: { title: 'Made in this page', value: learnt }, learnt }
  },
}

const authorize: Step = {
  title: 'Ask the person',
  text: 'The browser goes to the authorization endpoint. The built-in pages log the person in and ask what the app may do; the answer is a code, good once.',
  from: app,
  to: person,
  arrow: 'authorize → consent → code',
  run({ client_id = '', code_challenge = '', state = '', scope = '' }, tools) {
    const url = new URL('/v1/oauth2/authorize', tools.baseUrl)
    url.search = new URLSearchParams({
      client_id,
      redirect_uri: tools.landing,
      response_type: 'code',
      scope,
      state,
      code_challenge,
      code_challenge_method: 'S256',
    }).toString()
    return visit(tools, url, (query) => {
      const code = query.get('code')
      const advice = 'Run the step again.'
      if (code === null) return { problem: refusalIn(query) ?? { what: 'It came back without a code.', advice } }
      if (query.get('state') !== state) return { problem: { what: 'The state is not the one that was sent.', advice } }
      return { learnt: { code } }
    })
  },
}

const tokens = (body: (path: string) => string) => ({
  access_token: body('access_token'),
  refresh_token: body('refresh_token'),
  ...(body('id_token') !== '' && { id_token: body('id_token') }),
})

const redeem: Step = {
  title: 'Trade the code for tokens',
  text: 'The code and its verifier become an access token, an ID token and, with offline_access, a refresh token.',
  from: app,
  to: server,
  arrow: 'token',
  run: ({ client_id = '', code = '', code_verifier = '' }, tools) =>
    call(
      tools,
      'idp.token',
      { grant_type: 'authorization_code', client_id, code, code_verifier, redirect_uri: tools.landing },
      { learn: tokens },
    ),
}

const readMetadata: Step = {
  title: 'Read the metadata',
  text: 'Who the issuer is, and where everything else is (RFC 8414). A client needs to be told nothing more than this address.',
  from: app,
  to: server,
  arrow: 'openid-configuration',
  run: (_memory, tools) =>
    call(
      tools,
      'idp.discovery.openidOfProject',
      { project_id: tools.projectId },
      { learn: (body) => ({ issuer: body('issuer') }) },
    ),
}

const getKeys: Step = {
  title: 'Get the keys',
  text: 'The public halves of the keys that sign tokens, at the address that the metadata names.',
  from: app,
  to: server,
  arrow: 'jwks.json',
  run: (_memory, tools) =>
    call(tools, 'idp.ofProject.jwks', { project_id: tools.projectId }, { learn: (body) => ({ keys: body('keys') }) }),
}

const verifyIdToken: Step = {
  title: 'Verify the ID token',
  text: 'It says who logged in, to this client and nobody else: the audience is the client ID (OpenID Connect Core §3.1.3.7).',
  from: app,
  to: app,
  arrow: 'verify the ID token',
  run: ({ id_token = '', keys = '', client_id = '', issuer = '' }) => verified(id_token, keys, [issuer], client_id),
}

const userinfo: Step = {
  title: 'Ask who it is',
  text: 'The access token goes in the Authorization header; the answer holds what the scopes allow.',
  from: app,
  to: server,
  arrow: 'userinfo',
  run: ({ access_token = '' }, tools) => call(tools, 'idp.userinfo', {}, { bearerToken: access_token }),
}

const introspect = (wanted: 'true' | 'false'): Pick<Step, 'from' | 'to' | 'arrow' | 'run'> => ({
  from: app,
  to: server,
  arrow: 'introspect',
  run: ({ access_token = '', refresh_token = '', client_id = '' }, tools) =>
    call(
      tools,
      'idp.introspect',
      { token: wanted === 'true' ? access_token : refresh_token, client_id },
      {
        check: (body) =>
          body('active') === wanted
            ? undefined
            : { what: `The token is ${wanted === 'true' ? 'not ' : 'still '}active.`, advice: 'Start again.' },
      },
    ),
})

const refresh: Step = {
  title: 'Refresh',
  text: 'The refresh token brings new tokens and is replaced by a new one; using an old one twice ends the grant (RFC 9700 §4.14).',
  from: app,
  to: server,
  arrow: 'token (refresh)',
  run: ({ refresh_token = '', client_id = '' }, tools) =>
    call(tools, 'idp.token', { grant_type: 'refresh_token', refresh_token, client_id }, { learn: tokens }),
}

const revoke: Step = {
  title: 'Revoke',
  text: 'The app gives back its refresh token, and everything that came from it ends (RFC 7009).',
  from: app,
  to: server,
  arrow: 'revoke',
  run: ({ refresh_token = '', client_id = '' }, tools) =>
    call(tools, 'idp.revoke', { token: refresh_token, client_id }),
}

const removeClient: Step = {
  title: 'Remove the client',
  text: 'Nothing of this run stays but the person who logged in.',
  from: app,
  to: server,
  arrow: 'clients.delete',
  run: ({ client_id = '' }, tools) => call(tools, 'connectedApp.clients.delete', { client_id }),
}

export const connectedApp: Flow = {
  lead: 'An app asks a person for access, gets tokens, uses and renews them, and gives them back. This page plays the app; the built-in pages ask the person.',
  lanes: ['The app', 'This server', 'Person'],
  choices: [
    {
      name: 'scope',
      label: 'Scopes',
      hint: 'Separated by spaces. With offline_access there is a refresh token.',
      value: 'openid email profile offline_access',
    },
  ],
  needsRedirectUrl: false,
  steps: [
    readMetadata,
    makeClient,
    makeSecrets,
    authorize,
    redeem,
    getKeys,
    verifyIdToken,
    userinfo,
    {
      title: 'Introspect',
      text: 'What an API does with a token that it cannot verify by itself, or wants to be sure of (RFC 7662).',
      ...introspect('true'),
    },
    refresh,
    revoke,
    { title: 'See that it is over', text: 'The revoked token is no longer active.', ...introspect('false') },
    removeClient,
  ],
}
