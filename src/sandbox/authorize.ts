/** `GET|POST /sandbox/{provider}/authorize`: where the browser is sent to log in, in place of the provider's own page. */
import { z } from 'zod'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { page, pagePolicy, type Reply, redirect } from '../kernel/reply.ts'
import type { Project } from '../projects/index.ts'
import {
  type AuthorizationParameters,
  askedScopes,
  authorizationParameters,
  refusalOf,
  wantedClaims,
} from './authorization-request.ts'
import { clientIdOf, sandboxIssuer } from './endpoints.ts'
import * as errors from './errors.ts'
import { formPost, formPostPolicy } from './form-post.ts'
import { consentPage } from './page.ts'
import { type Choice, existsAt, personas, readChoice } from './persona.ts'
import { grantedScopes } from './provider.ts'
import { type PlayedProvider, requireProvider } from './providers/index.ts'
import { sandboxOf } from './sandbox.ts'

const record = {
  path: '/sandbox/{provider}/authorize',
  auth: 'none',
  browser: true,
  errors: [
    errors.sandboxProviderUnknown,
    errors.sandboxClientUnknown,
    errors.sandboxRedirectUriUnknown,
    errors.sandboxPersonaUnknown,
  ],
  output: z.object({ redirect_url: z.string().describe('Back to the server, with a code or an error.') }),
} as const

const provider = z.string().describe('Name of the provider that is played, e.g. `google`.')
const persona = z.string().max(400).optional()

export const authorize = endpoint({
  ...record,
  method: 'GET',
  summary: 'Choose who logs in',
  description:
    'Plays the provider’s authorization endpoint (RFC 6749 §4.1.1). `persona`, which the start URL takes as `provider_persona`, or else a scripted persona, decides at once; without either, a page asks.',
  input: z.object({
    provider,
    ...authorizationParameters,
    persona: persona.describe(
      `${personas.map(({ name }) => `\`${name}\``).join(', ')}; or \`verified:ada@example.com\`.`,
    ),
  }),
  handle: (input, context) => answer(input, context, 302),
})

export const chooseOnPage = endpoint({
  ...record,
  method: 'POST',
  summary: 'Answer the page',
  description: 'The form of the page. The authorization request comes along and is checked again.',
  input: z.object({
    provider,
    ...authorizationParameters,
    persona: persona.describe('The button that was pressed.'),
    email: z.string().max(254).optional().describe('Names the account; empty for the persona’s own.'),
  }),
  // 303: the browser must not repeat the form at the callback.
  handle: ({ email, ...input }, context) =>
    answer({ ...input, persona: email && input.persona ? `${input.persona}:${email}` : input.persona }, context, 303),
})

interface Input extends AuthorizationParameters {
  readonly provider: string
  readonly persona?: string | undefined
}

async function answer(input: Input, context: Context, status: 302 | 303): Promise<Reply> {
  const played = requireProvider(input.provider)
  const { project, redirectUri } = await requireClient(played, input, context)
  const back = (parameters: Readonly<Record<string, string>>): Reply => {
    const all = {
      ...parameters,
      ...(input.state !== undefined && { state: input.state }),
      ...(played.namesIssuer && { iss: sandboxIssuer(context.baseUrl, played.id) }),
    }
    if (input.response_mode === 'form_post') {
      const name = played.real.name
      return page(formPost(redirectUri, all, name), 200, {
        'content-security-policy': formPostPolicy(formTargets(project)),
      })
    }
    for (const [name, value] of Object.entries(all)) redirectUri.searchParams.set(name, value)
    return redirect(redirectUri, {}, status)
  }
  const refuse = (refusal: { readonly error: string; readonly description: string }): Reply =>
    back({ error: refusal.error, error_description: refusal.description })

  const refusal = refusalOf(input, played)
  if (refusal) return refuse(refusal)
  const choice = chosen(input.persona) ?? sandboxOf(context).nextInScript(played)
  if (!choice) {
    if (input.prompt === 'none') return refuse({ error: 'interaction_required', description: 'A page is needed.' })
    const content = consentPage({ provider: played, project, request: input, scopes: askedScopes(played, input) })
    return page(content, 200, { 'content-security-policy': pagePolicy(formTargets(project)) })
  }
  requireExistence(choice, played)
  if (choice.persona.refusal) return refuse(choice.persona.refusal)
  return back({
    code: issueCode(played, input, choice, context),
    ...played.callbackParameters,
    ...firstLogin(played, input, choice, context),
  })
}

/** RFC 6749 §4.1.2.1: with a wrong client or redirect URI nobody is redirected, the person is told here. */
async function requireClient(played: PlayedProvider, input: Input, { projects, baseUrl }: Context) {
  if (input[played.real.clientIdParameter ?? 'client_id'] !== clientIdOf(played.id)) throw errors.sandboxClientUnknown()
  const given = input.redirect_uri ?? ''
  const callbackId = given.slice(given.lastIndexOf('/') + 1)
  const project = await projects.byCallbackId(callbackId)
  if (!project || given !== `${baseUrl}/v1/oauth/callback/${callbackId}`) {
    throw errors.sandboxRedirectUriUnknown({ details: { received: given.slice(0, 500) } })
  }
  return { project, redirectUri: new URL(given) }
}

/** The persona that a request names; an empty name is none. */
function chosen(text: string | undefined): Choice | undefined {
  if (!text) return undefined
  const choice = readChoice(text)
  if ('problem' in choice) throw errors.sandboxPersonaUnknown(choice)
  return choice
}

function requireExistence({ persona: { name, at }, persona: chosenPersona }: Choice, { real }: PlayedProvider): void {
  if (existsAt(chosenPersona, real)) return
  const reason =
    at === undefined ? `${real.name} issues no ID token that could be wrong in that way` : `it exists at ${at} only`
  throw errors.sandboxPersonaUnknown({ problem: `"${name}" does not exist at ${real.name}: ${reason}.` })
}

function issueCode(played: PlayedProvider, input: Input, choice: Choice, context: Context): string {
  const grant = {
    ...choice,
    redirectUri: input.redirect_uri ?? '',
    scopes: grantedScopes(played, askedScopes(played, input)),
    nonce: input.nonce,
    codeChallenge: played.real.pkce ? input.code_challenge : undefined,
    offline: input.access_type === 'offline',
    wantedClaims: wantedClaims(input),
  }
  return sandboxOf(context).issueCode(played, grant, context.now)
}

/** Apple tells a person's name once, beside the first code. */
function firstLogin(
  played: PlayedProvider,
  input: Input,
  { account }: Choice,
  context: Context,
): Readonly<Record<string, string>> {
  const wantsName = played.id === 'apple' && askedScopes(played, input).includes('name')
  if (!wantsName || !sandboxOf(context).isFirstTime(played, account, context.now)) return {}
  const { givenName, familyName, email } = account
  const user = { name: { firstName: givenName, lastName: familyName }, ...(email && { email: email.address }) }
  return { user: JSON.stringify(user) }
}

/**
 * Where the form may lead. Browsers hold every redirect that follows against this: the callback, the app's redirect URL, and
 * wherever the app goes from there, hence any web address; `*` leaves out the schemes of native apps.
 */
function formTargets({ redirectUrls }: Project): string {
  const all = [...redirectUrls.LOGIN, ...redirectUrls.SIGNUP]
  const schemes = all.map(({ url }) => /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? '')
  return ['*', ...new Set(schemes.filter((scheme) => scheme !== '' && !/^https?:$/i.test(scheme)))].join(' ')
}
