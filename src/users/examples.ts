/** A user to show in the reference. */
import type { UserShape } from './wire.ts'

export const exampleUserId = 'user-test-6d2c1f5e-4a1c-4d5b-9c3e-0f4b8a7d9e21'

export const exampleUser: UserShape = {
  user_id: exampleUserId,
  name: { first_name: 'Ada', middle_name: '', last_name: 'Lovelace' },
  emails: [{ email_id: 'email-test-1b0c7a55-5d0a-4c7e-8a4b-2f3d4c5e6f70', email: 'ada@example.com', verified: true }],
  phone_numbers: [],
  providers: [
    {
      oauth_user_registration_id: 'oauth-user-test-9f8e7d6c-5b4a-4392-8170-a1b2c3d4e5f6',
      provider_type: 'Google',
      provider_subject: '100200300400500600700',
      profile_picture_url: '',
      locale: '',
    },
  ],
  webauthn_registrations: [],
  biometric_registrations: [],
  totps: [],
  crypto_wallets: [],
  password: null,
  status: 'active',
  trusted_metadata: { plan: 'pro' },
  untrusted_metadata: {},
  external_id: 'customer|4711',
  roles: ['stytch_user'],
  is_locked: false,
  lock_created_at: null,
  lock_expires_at: null,
  created_at: '2026-01-01T00:00:00Z',
}
