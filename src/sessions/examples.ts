/** A session to show in the reference. */
import { exampleUserId } from '../users/index.ts'
import type { SessionShape } from './wire.ts'

export const exampleToken = 'WlYd0Q3vX7bqKJ4nTg8sRm2cLpE5uHaZ1oFxIyNwBtVk'

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
