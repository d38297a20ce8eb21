/** What only browsers and apps can meet. */
import { defineError } from '../kernel/errors.ts'

export const cannotDeleteLastPrimaryFactor = defineError({
  type: 'cannot_delete_last_primary_factor',
  status: 400,
  message: 'This is the only account that the user can log in with, so it cannot be removed. Attach another one first.',
  cause: 'Without it nobody could log in as this user any more.',
  fix: 'Attach another provider, or let your backend delete it or the user.',
})
