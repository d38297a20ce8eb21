/** `GET /v1/users/oauth/{oauth_user_registration_id}/provider_values`: an operation of this server's own. */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { invalidOauthUserRegistrationId, isRegistrationId, oauthUserRegistrationNotFound } from '../users/index.ts'
import * as errors from './errors.ts'
import { exampleProviderValues, exampleRegistrationId } from './examples.ts'
import { keptValues, ProviderValuesShape } from './provider-values.ts'

export const getProviderValues = endpoint({
  method: 'GET',
  path: '/v1/users/oauth/{oauth_user_registration_id}/provider_values',
  auth: 'project',
  summary: 'Get the tokens that a provider gave',
  description:
    'The provider’s own tokens of the last login with this account, where the project keeps them (`oauth_keep_provider_tokens`). They are not refreshed here.',
  errors: [invalidOauthUserRegistrationId, oauthUserRegistrationNotFound, errors.providerValuesNotKept],
  input: z.object({ oauth_user_registration_id: z.string().describe('From `providers` of the user.') }),
  output: z.object({ provider_values: ProviderValuesShape }),
  example: {
    input: { oauth_user_registration_id: exampleRegistrationId },
    output: { provider_values: exampleProviderValues },
  },
  async handle({ oauth_user_registration_id: registrationId }, { db, project, sealer }) {
    if (!isRegistrationId(registrationId)) throw invalidOauthUserRegistrationId()
    const kept = await keptValues(db, { sealer, projectId: project.id, registrationId })
    if (kept === undefined) throw oauthUserRegistrationNotFound()
    if (kept === 'nothing kept') throw errors.providerValuesNotKept()
    return { provider_values: kept }
  },
})
