/** An M2M client as a project's own backend sees it (docs/wire/connected-apps.md). */
import { z } from 'zod'
import { type M2mClientFields, mostM2mScopes } from '../projects/index.ts'
import * as errors from './errors.ts'
import type { M2mClient } from './m2m-client.ts'

export const M2mClientShape = z.object({
  client_id: z.string(),
  client_name: z.string().describe('Empty without one.'),
  client_description: z.string().describe('Empty without one.'),
  status: z.enum(['active', 'inactive']),
  scopes: z.array(z.string()),
  client_secret_last_four: z.string(),
  next_client_secret_last_four: z.string().optional().describe('While its secret is being rotated.'),
  trusted_metadata: z.record(z.string(), z.unknown()),
})
export type M2mClientShape = z.infer<typeof M2mClientShape>

export const m2mClientToWire = (client: M2mClient): M2mClientShape => ({
  client_id: client.id,
  client_name: client.name,
  client_description: client.description,
  status: client.status,
  scopes: [...client.scopes],
  client_secret_last_four: client.secret.lastFour,
  ...(client.nextSecret && { next_client_secret_last_four: client.nextSecret.lastFour }),
  trusted_metadata: { ...client.trustedMetadata },
})

/** Errors for single fields whose form is wrong. */
export const invalidFields = {
  client_name: errors.m2mClientInvalidClientName,
  client_description: errors.m2mClientInvalidClientDescription,
  scopes: errors.invalidM2mClientScope,
}

/** Errors of the fields that creating and updating have in common. */
export const fieldErrors = [...Object.values(invalidFields), errors.tooManyM2mClientScopes]

/** Scopes without repetition. Throws `too_many_m2m_client_scopes`. */
export function scopesFrom(scopes: NonNullable<M2mClientFields['scopes']>): readonly string[] {
  if (scopes.length > mostM2mScopes) throw errors.tooManyM2mClientScopes({ most: mostM2mScopes })
  return [...new Set(scopes)]
}

export const exampleM2mClientId = 'm2m-client-test-5e0b9f14-7c2d-4f83-a6b1-2d9e8c7f0a46'

export const exampleM2mClient: M2mClientShape = {
  client_id: exampleM2mClientId,
  client_name: 'Nightly report',
  client_description: '',
  status: 'active',
  scopes: ['read:documents'],
  client_secret_last_four: 'Qw7-',
  trusted_metadata: { team: 'finance' },
}
