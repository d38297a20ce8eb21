/** ID tokens of played OpenID providers: behind a code, or minted for a test of native login and One Tap. */
import { z } from 'zod'
import { accessTokenHash } from '../crypto/token.ts'
import { type Context, endpoint } from '../kernel/endpoint.ts'
import { text } from '../kernel/reply.ts'
import { clientIdOf, nativeClientIdOf, sandboxIssuer } from './endpoints.ts'
import { sandboxNoIdTokens, sandboxPersonaUnknown, sandboxProviderUnknown } from './errors.ts'
import { type IdTokenFault, readChoice } from './persona.ts'
import { grantedScopes, memberOf } from './provider.ts'
import { type PlayedProvider, requireProvider } from './providers/index.ts'
import { type Grant, sandboxOf } from './sandbox.ts'

interface Wish {
  readonly grant: Pick<Grant, 'account' | 'scopes' | 'wantedClaims' | 'nonce' | 'persona'>
  readonly audience: string
  readonly accessToken?: string
}

/** How long, in seconds, an ID token is valid. */
const lifetime = 3_600

/** OpenID Connect Core 1.0 §2 and §3.1.3.6, with the fault that the persona asks for. */
export async function idToken(
  played: PlayedProvider,
  { grant, audience, accessToken }: Wish,
  { now, baseUrl, sandbox }: Context,
): Promise<string> {
  const member = memberOf(played, grant.account, baseUrl)
  const iat = Math.floor(now.getTime() / 1_000)
  const base = sandboxIssuer(baseUrl, played.id)
  const claims = {
    iss: played.issuerPath ? `${base}/${played.issuerPath(member)}` : base,
    ...(played.id === 'google' && { azp: audience }),
    aud: audience,
    sub: member.subject,
    ...(accessToken !== undefined && { at_hash: accessTokenHash(accessToken) }),
    ...(grant.nonce !== undefined && played.real.echoesNonce !== false && { nonce: grant.nonce }),
    ...played.claims?.(member, grant.scopes, grant.wantedClaims),
    iat,
    exp: iat + lifetime,
  }
  return sandboxOf({ sandbox }).signer.sign(bent(claims, grant.persona.idTokenFault), played.algorithm)
}

const day = 86_400

function bent(claims: Readonly<Record<string, unknown>> & { readonly iat: number }, fault: IdTokenFault | undefined) {
  switch (fault) {
    case 'nonce':
      return { ...claims, nonce: 'the nonce of another login' }
    case 'issuer':
      return { ...claims, iss: 'https://issuer.invalid' }
    case 'expired':
      return { ...claims, iat: claims.iat - day, exp: claims.iat - day + lifetime }
    case undefined:
      return claims
  }
}

export const mintIdToken = endpoint({
  method: 'POST',
  path: '/sandbox/{provider}/id_token',
  auth: 'none',
  bare: true,
  summary: 'Make an ID token',
  description:
    'What the provider’s own SDK would give to a native app, or One Tap to a page: for `oauth/google/id_token/authenticate` and its like. Only OpenID providers have ID tokens.',
  errors: [sandboxProviderUnknown, sandboxPersonaUnknown, sandboxNoIdTokens],
  input: z.object({
    provider: z.string().describe('Name of the provider that is played, e.g. `google`.'),
    persona: z.string().max(400).default('verified').describe('Who logs in.'),
    nonce: z.string().max(2_000).optional().describe('As the token shall hold it: for Apple, its hash.'),
    audience: z
      .string()
      .max(2_000)
      .optional()
      .describe('Client ID that it is issued for. Default: the native app of the sandbox; `web` is its web client.'),
  }),
  output: z.object({}),
  example: { input: { provider: 'google', persona: 'verified:ada@example.com' } },
  async handle({ provider, persona: name, nonce, audience }, context) {
    const played = requireProvider(provider)
    if (!played.real.openid) throw sandboxNoIdTokens({ provider: played.real.name })
    const choice = readChoice(name)
    if ('problem' in choice) throw sandboxPersonaUnknown(choice)
    const { account, persona } = choice
    const scopes = grantedScopes(played, played.real.scopes)
    const grant = { account, persona, scopes, nonce, wantedClaims: new Set<string>() }
    const issuedFor = audience === 'web' ? clientIdOf(played.id) : (audience ?? nativeClientIdOf(played.id))
    const token = await idToken(played, { grant, audience: issuedFor }, context)
    return text(JSON.stringify({ id_token: token }), 'application/json; charset=utf-8')
  },
})
