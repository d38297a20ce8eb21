/** The page on which a person chooses who to be. Server-rendered, no script; every echoed value is escaped. */
import { document, html, type Markup } from '../kernel/html.ts'
import type { Project } from '../projects/index.ts'
import { type AuthorizationParameters, parametersOf } from './authorization-request.ts'
import { groundOf } from './avatar.ts'
import { existsAt, isFailure, ownAccount, type Persona, personas } from './persona.ts'
import { initials } from './provider.ts'
import type { PlayedProvider } from './providers/index.ts'

export interface ConsentPage {
  readonly provider: PlayedProvider
  readonly project: Project
  /** Carried on to the form, so that nothing needs to be remembered while a person thinks. */
  readonly request: AuthorizationParameters
  readonly scopes: readonly string[]
}

export function consentPage(consent: ConsentPage): string {
  const { provider, project, request } = consent
  const { name } = provider.real
  const carried = hiddenFields(request)
  const form = (content: Markup): Markup =>
    html`<form method="post" action="/sandbox/${provider.id}/authorize">${carried}${content}</form>`
  return document({
    title: `Log in with the sandbox ${name}`,
    content: html`${brand(provider)}
<div class="card">
<h1>Who do you want to be?</h1>
<p class="soft">Log in to <strong>${project.name}</strong> with the sandbox ${name}.</p>
${form(choices(provider))}
<hr>
${form(somebodyElse(request))}
</div>
${asked(consent)}
<p class="note">This is the development sandbox, not ${name}. Nobody here is real, and nothing leaves your machine.</p>`,
  })
}

const brand = ({ real, color }: PlayedProvider): Markup =>
  html`<header class="brand"><span class="mark" style="background:${color}" aria-hidden="true">${real.name.slice(0, 1)}</span>
<strong>${real.name}</strong> <span class="tag">Sandbox</span></header>`

/** One row: a face, a name, and what choosing it does. */
const choice = (name: string, face: Markup, title: string, details: readonly string[]): Markup =>
  html`<li><button class="choice" name="persona" value="${name}">${face}<span><strong>${title}</strong>${details.map((detail) => html`<small>${detail}</small>`)}</span><code>${name}</code></button></li>`

function personChoice(persona: Persona): Markup {
  const { givenName, familyName, email } = ownAccount(persona)
  const letters = initials(givenName, familyName)
  const face = html`<span class="face" style="background:${groundOf(letters)}" aria-hidden="true">${letters}</span>`
  return choice(persona.name, face, `${givenName} ${familyName}`, [...(email ? [email.address] : []), persona.effect])
}

const failureChoice = ({ name, effect }: Persona): Markup =>
  html`<li><button class="small" name="persona" value="${name}">${effect}</button></li>`

/** Those that exist at the provider. */
function choices({ real }: PlayedProvider): Markup {
  const here = personas.filter((persona) => existsAt(persona, real))
  const [failing, succeeding] = [here.filter(isFailure), here.filter((persona) => !isFailure(persona))]
  return html`<h2 id="people">Log in as</h2>
<ul class="choices" aria-labelledby="people">${succeeding.map(personChoice)}</ul>
<h2 id="failures">Or let it fail</h2>
<ul class="choices pair" aria-labelledby="failures">${failing.map(failureChoice)}</ul>`
}

const somebodyElse = ({ login_hint }: AuthorizationParameters): Markup => html`<label for="email">Somebody else</label>
<input id="email" name="email" type="email" autocomplete="off" required maxlength="254" placeholder="ada@example.com" value="${login_hint ?? ''}">
<div class="row"><button class="primary" name="persona" value="verified">Log in</button>
<button class="centred" name="persona" value="unverified">Log in, unverified</button></div>`

const asked = ({ scopes }: ConsentPage): Markup =>
  scopes.length === 0
    ? html`<p class="note">The app asked for no scopes.</p>`
    : html`<p class="note">The app asked for ${scopes.map((scope) => html`<code>${scope}</code> `)}</p>`

const hiddenFields = (request: AuthorizationParameters): readonly Markup[] =>
  parametersOf(request).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)
