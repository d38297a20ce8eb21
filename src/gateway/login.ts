/** The operator's login: pages without a script, so that they work where nothing else does (docs/gateway.md). */
import { z } from 'zod'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { document, html, type Markup } from '../kernel/html.ts'
import { page, pagePolicy, type Reply, redirect } from '../kernel/reply.ts'
import { csrfTokenInvalid } from './errors.ts'
import { guardedSite, guardSite, requireCsrfToken } from './guard.ts'
import { clearedOperatorCookie, csrfTokenOf, operatorCookie, operatorLogin, passwordIs } from './operator.ts'

const loginPath = '/reference/login'
const logoutPath = '/reference/logout'

const record = {
  auth: 'none',
  browser: true,
  failureTitle: 'You were not logged in',
  errors: guardedSite,
} as const

const returnTo = z
  .string()
  .optional()
  .describe('A path of the reference, to which the browser goes after the login. Default: its first page.')
const Redirected = z.object({ redirect_url: z.string() })

export const getLoginPage = endpoint({
  ...record,
  method: 'GET',
  path: loginPath,
  summary: 'Open the operator’s login',
  description: 'The page on which an operator logs in and out. Where no password is set there is nothing to log in to.',
  input: z.object({ return_to: returnTo }),
  output: z.object({}),
  produces: 'text/html; charset=utf-8',
  handle({ return_to }, context) {
    const { operatorPassword } = guardSite(context)
    const place = placeIn(return_to)
    if (operatorPassword === undefined) return redirect(new URL(place, context.baseUrl))
    const login = operatorLogin(context, operatorPassword)
    return login === undefined ? loginPage(place) : loggedInPage(csrfTokenOf(context.sealer, login))
  },
})

export const logIn = endpoint({
  ...record,
  method: 'POST',
  path: loginPath,
  summary: 'Log in as operator',
  description: 'The form of the login page. A login lasts eight hours.',
  input: z.object({ password: z.string().max(1_000), return_to: returnTo }),
  output: Redirected,
  handle({ password, return_to }, context) {
    const { operatorPassword } = guardSite(context)
    const place = placeIn(return_to)
    const target = new URL(place, context.baseUrl)
    if (operatorPassword === undefined) return redirect(target, {}, 303)
    if (!passwordIs(context, password, operatorPassword))
      return loginPage(place, 'That is not the operator’s password.')
    return redirect(target, { 'set-cookie': operatorCookie(context, operatorPassword) }, 303)
  },
})

export const logOut = endpoint({
  ...record,
  method: 'POST',
  path: logoutPath,
  failureTitle: 'You were not logged out',
  summary: 'Log out as operator',
  description: 'The form of the page that an operator who is logged in sees.',
  errors: [...guardedSite, csrfTokenInvalid],
  input: z.object({ csrf_token: z.string().optional() }),
  output: Redirected,
  handle({ csrf_token }, context) {
    const login = loginOf(context)
    if (login !== undefined) requireCsrfToken(csrf_token, csrfTokenOf(context.sealer, login))
    const headers = { 'set-cookie': clearedOperatorCookie(context.baseUrl) }
    return redirect(new URL(loginPath, context.baseUrl), headers, 303)
  },
})

function loginOf(context: Context): string | undefined {
  const { operatorPassword } = guardSite(context)
  return operatorPassword === undefined ? undefined : operatorLogin(context, operatorPassword)
}

/** Only pages of the reference; anything else could lead away from this server (check 6). */
const placeIn = (path: string | undefined): string =>
  path !== undefined && /^\/reference(\/[A-Za-z0-9][A-Za-z0-9_.-]*){0,2}$/.test(path) ? path : '/reference'

function loginPage(place: string, notice?: string): Reply {
  return operatorPage(
    'Log in as operator',
    html`${notice !== undefined && html`<p class="notice" role="alert" id="notice">${notice}</p>`}
<div class="card">
<h1>Log in as operator</h1>
<p class="soft">Calls from the reference use the credentials of this server’s profiles, so only its operator may send them. Reading needs no login.</p>
<form method="post" action="${loginPath}">
<input type="hidden" name="return_to" value="${place}">
<input name="username" value="operator" autocomplete="username" hidden>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required ${notice === undefined ? html`` : html`aria-invalid="true" aria-describedby="notice"`}>
<div class="row"><button class="primary">Log in</button></div>
</form>
</div>
<p class="note"><a href="${place}">Back to the reference</a></p>`,
    // Not 401: that would need a challenge, and the form is the answer to it.
    notice === undefined ? 200 : 403,
  )
}

const loggedInPage = (csrfToken: string): Reply =>
  operatorPage(
    'You are logged in as operator',
    html`<div class="card">
<h1>You are logged in as operator</h1>
<p class="soft">For eight hours from the login on, or until you log out.</p>
<div class="row"><a class="button primary" href="/reference">Open the reference</a></div>
<form method="post" action="${logoutPath}">
<input type="hidden" name="csrf_token" value="${csrfToken}">
<div class="row"><button class="centred">Log out</button></div>
</form>
</div>`,
  )

const operatorPage = (title: string, content: Markup, status = 200): Reply =>
  page(document({ title, content }), status, {
    'content-security-policy': pagePolicy("'self'"),
    // With `no-referrer` a browser sends `Origin: null` with the form (Fetch Standard §3.2), which counts as another site's.
    'referrer-policy': 'same-origin',
  })
