/** What can go wrong at the pages of the reference. */
import { defineError } from '../kernel/errors.ts'

export const assetNotFound = defineError({
  type: 'asset_not_found',
  status: 404,
  message: 'The reference has no such file. Load /reference again.',
  cause: 'The page was open while the server was replaced by another version, or the address was made up.',
  fix: 'Load `/reference` again.',
})
