/** A session to show in the reference. */
import type { z } from 'zod'
import { exampleUserId } from '../users/index.ts'
import type { KeySetShape } from './jwks.ts'
import type { SessionShape } from './wire.ts'

export const exampleToken = 'WlYd0Q3vX7bqKJ4nTg8sRm2cLpE5uHaZ1oFxIyNwBtVk'
/** Shortened: whole ones are longer than the rest of an answer. */
export const exampleJwt = 'eyJhbGciOi…'

/** One that began ten minutes ago. */
export const exampleSession: SessionShape = {
  session_id: 'session-test-3e2d1c0b-9a8f-4e7d-8c6b-5a4f3e2d1c0b',
  user_id: exampleUserId,
  started_at: '2026-01-01T00:00:00Z',
  last_accessed_at: '2026-01-01T00:10:00Z',
  expires_at: '2026-01-01T01:00:00Z',
  attributes: { ip_address: '', user_agent: '' },
  authentication_factors: [
    {
      type: 'oauth',
      delivery_method: 'oauth_google',
      last_authenticated_at: '2026-01-01T00:00:00Z',
      created_at: '2026-01-01T00:00:00Z',
      updated_at: '2026-01-01T00:00:00Z',
      google_oauth_factor: {
        id: 'oauth-user-test-9f8e7d6c-5b4a-4392-8170-a1b2c3d4e5f6',
        provider_subject: '100200300400500600700',
        email_id: 'email-test-1b0c7a55-5d0a-4c7e-8a4b-2f3d4c5e6f70',
      },
    },
  ],
  custom_claims: {},
  roles: ['stytch_user'],
}

/** One that begins now. */
export const exampleNewSession: SessionShape = { ...exampleSession, last_accessed_at: exampleSession.started_at }

/** One that a browser began: there the address and agent are the user’s own. */
export const exampleFrontendSession: SessionShape = {
  ...exampleNewSession,
  attributes: {
    ip_address: '203.0.113.7',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  },
}

/** The key that signs and the next one; shortened too. */
export const exampleKeySet: z.input<typeof KeySetShape> = {
  keys: [
    ['jwk-test-5e0d9a3c-7b42-4f18-9c6d-1a2b3c4d5e6f', 'xGp7Qz0m…'] as const,
    ['jwk-test-b81f2c6e-0d95-4a37-8e14-6f5e4d3c2b1a', 'q3Vd8LrK…'] as const,
  ].map(([kid, n]) => ({
    kty: 'RSA',
    use: 'sig',
    key_ops: ['verify'],
    alg: 'RS256',
    kid,
    n,
    e: 'AQAB',
    x5c: [],
    x5tS256: '',
  })),
}
