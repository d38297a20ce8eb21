/** The page on which a person decides: who asks, for what, where it goes, and as whom (RFC 6749 §10.2, check 60). */
import type { Context } from '../../kernel/endpoint.ts'
import { document, html, type Markup } from '../../kernel/html.ts'
import { page, pagePolicy, type Reply } from '../../kernel/reply.ts'
import type { Project } from '../../projects/index.ts'
import type { PresentedSession } from '../../sessions/index.ts'
import type { User } from '../../users/index.ts'
import type { Judgement } from '../authorization.ts'
import type { JudgedScope } from '../scope.ts'
import { consentPath, loginPath } from './login-page.ts'
import { type Asker, askerOf, type Destination, destinationOf } from './parties.ts'
import { type HostedRequest, type Pending, sealPending } from './request.ts'
import { sealState } from './sealed-state.ts'

type ProjectContext = Context & { readonly project: Project }

/**
 * What the form carries: the request, whom it was shown to, and what was shown. Nothing else can be agreed to. By the person
 * and not by their session: who logs in in two tabs has a new session in the first one.
 */
export interface ConsentForm {
  /** As `sealPending` made it. */
  readonly pending: string
  readonly userId: string
  readonly shown: readonly string[]
}

/** `notice`: why the person is asked once more. */
export function showConsent(
  context: ProjectContext,
  pending: Pending,
  { user }: PresentedSession,
  { scopes, granted }: Judgement,
  notice?: string,
): Reply {
  const { app, request, project } = pending
  const asker = askerOf(app, project)
  const destination = destinationOf(request.redirectUri)
  const sealed = sealPending(context, pending)
  const form: ConsentForm = { pending: sealed, userId: user.id, shown: granted }
  const content = html`${notice !== undefined && html`<p class="notice" role="alert">${notice}</p>`}
<div class="card">
${header(asker)}
<h1>Let <bdi>${asker.name}</bdi> use your ${project.name} account?</h1>
${asker.caution !== undefined && html`<p class="soft">${asker.caution}</p>`}
${asked(scopes)}
${whatFor(request)}
${whereTo(destination)}
<form method="post" action="${consentPath}">
<input type="hidden" name="form" value="${sealState(context, 'consent form', form)}">
<div class="row"><button class="centred" name="answer" value="deny">Deny</button>
<button class="primary" name="answer" value="allow">Allow</button></div>
</form>
</div>
${loggedInAs(user, `${loginPath}?${new URLSearchParams({ request: sealed })}`)}`
  const title = `Let ${asker.name} use your ${project.name} account?`
  return page(document({ title, content }), 200, { 'content-security-policy': pagePolicy(destination.formAction) })
}

/** Initials, not the logo: pictures of strangers do not belong on a page of ours, and would tell them who looks. */
const header = ({ name, origin }: Asker): Markup =>
  html`<div class="who"><span class="face plain" aria-hidden="true">${initialsOf(name)}</span>
<span><strong><bdi>${name}</bdi></strong><span class="origin">${origin}</span></span></div>`

const initialsOf = (name: string): string =>
  name
    .split(/\s/)
    .filter((word) => word !== '')
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase()

function asked(scopes: readonly JudgedScope[]): Markup {
  const line = ({ scope, description }: JudgedScope): Markup =>
    html`<li><span>${description || scope}</span> <code>${scope}</code></li>`
  const [given, withheld] = [scopes.filter((one) => one.isGrantable), scopes.filter((one) => !one.isGrantable)]
  return html`<h2 id="scopes">It will be able to</h2>
<ul class="scopes" aria-labelledby="scopes">${given.map(line)}</ul>
${
  withheld.length > 0 &&
  html`<h2 id="withheld">It also asked for what you cannot give</h2>
<ul class="scopes withheld" aria-labelledby="withheld">${withheld.map(line)}</ul>`
}`
}

const whatFor = ({ resources }: HostedRequest): Markup =>
  resources.length === 0
    ? html``
    : html`<h2 id="resources">To be used at</h2>
<ul class="plain" aria-labelledby="resources">${resources.map((resource) => html`<li>${resource}</li>`)}</ul>`

const sentences: Readonly<Record<Destination['kind'], (address: string) => Markup>> = {
  site: (address) => html`<p class="target">${address}</p>`,
  program: (address) => html`<p class="target">A program on this computer <code>${address}</code></p>
<p class="warning"><strong>Did you start this yourself, just now?</strong> Any program on this computer could be waiting for the answer. If you did not expect this page, deny.</p>`,
  app: (address) => html`<p class="target">An app on this device <code>${address}</code></p>
<p class="warning"><strong>Did you start this yourself, just now?</strong> Any app on this device can claim this address. If you did not expect this page, deny.</p>`,
}

const whereTo = ({ kind, address }: Destination): Markup =>
  html`<h2>Then you go back to</h2>
${sentences[kind](address)}`

/** How a person is shown who they are; empty if nothing is known of them. */
export function nameOf({ name, emails }: User): string {
  const full = [name.first, name.middle, name.last].filter((part) => part !== '').join(' ')
  return [full, emails[0]?.address ?? ''].filter((part) => part !== '').join(', ')
}

function loggedInAs(user: User, switchUrl: string): Markup {
  const shown = nameOf(user)
  return html`<p class="note">${shown === '' ? 'You are logged in.' : html`Logged in as <strong>${shown}</strong>.`} <a href="${switchUrl}">Use another account</a></p>`
}
