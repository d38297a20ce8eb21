/** What an access token opens at a played provider, the provider's keys, and the pictures of its people. */
import { z } from 'zod'
import { type AnyEndpoint, type Context, endpoint, type HttpRequest } from '../kernel/endpoint.ts'
import { routeNotFound } from '../kernel/errors.ts'
import { type Reply, text } from '../kernel/reply.ts'
import { avatar } from './avatar.ts'
import { sandboxProviderUnknown } from './errors.ts'
import { type Answer, memberOf, type Resource } from './provider.ts'
import { type PlayedProvider, playedProviders, requireProvider } from './providers/index.ts'
import { sandboxOf } from './sandbox.ts'

const json = ({ status, body }: Answer): Reply =>
  text(JSON.stringify(body), 'application/json; charset=utf-8', {}, status)

export const providerKeys = endpoint({
  method: 'GET',
  path: '/sandbox/{provider}/jwks',
  auth: 'none',
  bare: true,
  summary: 'Get the keys of a played provider',
  description: 'The key that signs the ID tokens of played OpenID providers. It lives as long as the process.',
  errors: [sandboxProviderUnknown],
  input: z.object({ provider: z.string().describe('Name of the provider that is played, e.g. `google`.') }),
  output: z.object({}),
  async handle({ provider }, context) {
    const { method, path } = context.http
    if (!requireProvider(provider).real.openid) throw routeNotFound({ method, path })
    return json({ status: 200, body: await sandboxOf(context).signer.keySet() })
  },
})

export const getAvatar = endpoint({
  method: 'GET',
  path: '/sandbox/avatars/{file}',
  auth: 'none',
  summary: 'Get the picture of a played account',
  description:
    'Initials on a coloured ground, so that an app has something to show without a request to a foreign host.',
  errors: [],
  input: z.object({ file: z.string().max(60).describe('Initials, and `.svg`.') }),
  output: z.object({}),
  produces: 'image/svg+xml; charset=utf-8',
  handle: ({ file }) =>
    text(avatar(file.replace(/\.svg$/, '')), 'image/svg+xml; charset=utf-8', {
      'content-security-policy': "default-src 'none'",
      'cache-control': 'public, max-age=86400',
    }),
})

/** The access token of a request: `Bearer` (RFC 6750 §2.1), or `token`, which GitHub takes as well. */
const accessTokenOf = ({ headers: { authorization } }: HttpRequest): string =>
  /^(?:bearer|token) +([\x21-\x7e]+)$/i.exec(
    typeof authorization === 'string' ? authorization.slice(0, 2_048) : '',
  )?.[1] ?? ''

function open(played: PlayedProvider, resource: Resource, context: Context): Reply {
  const { http, now, baseUrl } = context
  const grant = sandboxOf(context).grantOfAccessToken(played, accessTokenOf(http), now)
  if (!grant) return json(played.badAccessToken)
  return json(resource.answer(memberOf(played, grant.account, baseUrl), grant.scopes, new URLSearchParams(http.query)))
}

const resourceEndpoint = (played: PlayedProvider, resource: Resource): AnyEndpoint =>
  endpoint({
    method: 'GET',
    path: `/sandbox/${played.id}/${resource.path}`,
    auth: 'none',
    bare: true,
    summary: resource.summary,
    description: 'Opened by an access token of the sandbox, in the Authorization header.',
    errors: [],
    input: z.object({}),
    output: z.object({}),
    handle: (_input, context) => open(played, resource, context),
  })

/** By provider, then by resource: `sandbox.github.emails`. */
export const resourceEndpoints = Object.fromEntries(
  [...playedProviders.values()].map((played) => [
    played.id,
    Object.fromEntries(
      Object.entries(played.resources).map(([name, resource]) => [name, resourceEndpoint(played, resource)]),
    ),
  ]),
)
