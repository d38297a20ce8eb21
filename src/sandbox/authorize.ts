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
} from './authorization-request.ts'
import { sandboxCredentials } from './endpoints.ts'
import * as errors from './errors.ts'
import { consentPage } from './page.ts'
import { type Choice, personas, readChoice } from './persona.ts'
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
    for (const [name, value] of Object.entries(parameters)) redirectUri.searchParams.set(name, value)
    if (input.state !== undefined) redirectUri.searchParams.set('state', input.state)
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
  if (choice.persona.refusal) return refuse(choice.persona.refusal)
  return back({ code: issueCode(played, input, choice, context), ...played.callbackParameters })
}

/** RFC 6749 §4.1.2.1: with a wrong client or redirect URI nobody is redirected, the person is told here. */
async function requireClient(played: PlayedProvider, input: Input, { projects, baseUrl }: Context) {
  if (input.client_id !== sandboxCredentials(played.id).clientId) throw errors.sandboxClientUnknown()
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

function issueCode(played: PlayedProvider, input: Input, choice: Choice, context: Context): string {
  const grant = {
    ...choice,
    redirectUri: input.redirect_uri ?? '',
    scopes: grantedScopes(played, askedScopes(played, input)),
    nonce: input.nonce,
    codeChallenge: input.code_challenge,
    offline: input.access_type === 'offline',
  }
  return sandboxOf(context).issueCode(played, grant, context.now)
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
