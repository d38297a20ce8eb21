/** A Connected App to show in the reference. */
import type { ConnectedAppShape } from './wire.ts'

export const exampleClientId = 'connected-app-test-3c9d2b7e-51f0-4a86-9e2d-7b1c0f6a8d35'

export const exampleConnectedApp: ConnectedAppShape = {
  client_id: exampleClientId,
  client_type: 'third_party',
  client_name: 'Notes importer',
  client_description: 'Copies notes into your account',
  status: 'active',
  redirect_urls: ['https://notes.example.com/callback'],
  post_logout_redirect_urls: [],
  full_access_allowed: false,
  bypass_consent_for_offline_access: false,
  access_token_expiry_minutes: 60,
  access_token_template_content: '',
  id_token_template_content: '',
  creation_method: 'api',
  client_secret_last_four: 'Xy9_',
}
