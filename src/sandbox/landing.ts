/** `GET /dev/authenticate`: where a login of the development project ends when there is no app yet. */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { document, html, type Markup } from '../kernel/html.ts'
import { page } from '../kernel/reply.ts'

/** A login that returns to the same page under two paths, so that a sign-up can be told from a login. */
const record = {
  method: 'GET',
  auth: 'none',
  browser: true,
  description: 'Development only. Shows the token that an app would receive here, and what the app does with it next.',
  errors: [],
  input: z.object({ token: z.string().optional(), stytch_token_type: z.string().optional() }),
  output: z.object({}),
} as const

export const landAfterLogin = endpoint({
  ...record,
  path: '/dev/authenticate',
  summary: 'Show where a login ends',
  handle: ({ token }, { baseUrl }) => page(landingPage(token, baseUrl, 'You are logged in, almost')),
})

export const landAfterSignup = endpoint({
  ...record,
  path: '/dev/welcome',
  summary: 'Show where a first login ends',
  handle: ({ token }, { baseUrl }) => page(landingPage(token, baseUrl, 'Welcome, you are new here')),
})

function landingPage(token: string | undefined, baseUrl: string, title: string): string {
  return document({
    title,
    content: html`<div class="card"><p class="eyebrow">Your app’s redirect URL</p>
<h1>${title}</h1>${token ? received(token, baseUrl) : html`<p>A login ends here with a token. Open a start URL to see one.</p>`}</div>`,
  })
}

const received = (token: string, baseUrl: string): Markup => html`
<p>The browser is back at the app. The app takes the token out of the URL and authenticates it, once, within five minutes:</p>
<pre><code>curl -u "$STYTCH_PROJECT_ID:$STYTCH_SECRET" \\
  ${baseUrl}/v1/oauth/authenticate \\
  -d '{"token": "${token}", "session_duration_minutes": 60}'</code></pre>
<p class="soft">The answer holds the user, a session token and a session JWT. The two variables are printed by <code>selvage dev</code>.</p>`
