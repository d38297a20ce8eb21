/** A login to show in the reference. */
import type { z } from 'zod'
import {
  exampleFrontendSession,
  exampleJwt,
  exampleNewSession,
  exampleToken,
  type SessionShape,
} from '../sessions/index.ts'
import { exampleUser, type UserShape } from '../users/index.ts'
import type { ProviderValuesShape } from './provider-values.ts'

export const exampleRegistrationId = 'oauth-user-test-9f8e7d6c-5b4a-4392-8170-a1b2c3d4e5f6'
export const exampleAttachToken = 'k4Xw0mJ2v8q1Zr7uYt3sNpLhGfDdSaQeWcVbRnMxTyUi'

export const exampleProviderValues: z.input<typeof ProviderValuesShape> = {
  access_token: 'ya29.a0AbC…',
  refresh_token: '1//0xYz…',
  id_token: exampleJwt,
  scopes: [
    'openid',
    'https://www.googleapis.com/auth/userinfo.email',
    'https://www.googleapis.com/auth/userinfo.profile',
  ],
  expires_at: '2026-01-01T01:00:00Z',
}

const google = {
  user_id: exampleUser.user_id,
  provider_subject: '100200300400500600700',
  session_token: exampleToken,
  session_jwt: exampleJwt,
  user: exampleUser,
  reset_sessions: false,
}

/** What the backend gets. */
export const exampleLogin = {
  ...google,
  provider_type: 'Google',
  oauth_user_registration_id: exampleRegistrationId,
  user_session: exampleNewSession,
}

/** What a browser or app gets. */
export const exampleFrontendLogin = { ...google, session: exampleFrontendSession, __user: exampleUser }

const appleAccount = {
  oauth_user_registration_id: 'oauth-user-test-2c7e5b90-4d1f-4a68-b3c2-9e8d7f6a5b41',
  provider_type: 'Apple',
  provider_subject: '001234.5f2a9c7e1b3d4f60.0815',
  profile_picture_url: '',
  locale: '',
}
const appleUser: UserShape = { ...exampleUser, providers: [appleAccount] }

const byApple = (session: SessionShape): SessionShape => ({
  ...session,
  authentication_factors: session.authentication_factors.map(({ google_oauth_factor: _, ...factor }) => ({
    ...factor,
    delivery_method: 'oauth_apple',
    apple_oauth_factor: {
      id: appleAccount.oauth_user_registration_id,
      provider_subject: appleAccount.provider_subject,
      email_id: 'email-test-1b0c7a55-5d0a-4c7e-8a4b-2f3d4c5e6f70',
    },
  })),
})

const apple = { ...google, provider_subject: appleAccount.provider_subject, user: appleUser }

export const exampleAppleLogin = {
  ...apple,
  provider_type: appleAccount.provider_type,
  oauth_user_registration_id: appleAccount.oauth_user_registration_id,
  user_session: byApple(exampleNewSession),
}

export const exampleFrontendAppleLogin = { ...apple, session: byApple(exampleFrontendSession), __user: appleUser }
