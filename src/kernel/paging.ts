/** Searches in pages, newest first: what each of them takes and answers, and where a page ends. */
import { z } from 'zod'

/** Input members. An empty cursor is none: clients that cannot leave a text out send it. */
export const PageInput = z.object({
  cursor: z.string().max(2_000).optional().describe('`next_cursor` of the page before. Default: the first page.'),
  limit: z.int().min(1).max(1_000).default(100).describe('Most items of a page.'),
})

export const ResultsMetadata = z.object({
  total: z.int().describe('How many there are on all pages.'),
  next_cursor: z.string().optional().describe('Absent on the last page.'),
})

/** One page out of `limit + 1` items; `last` is where the next one goes on, if there is one. */
export function pageOf<Item>(
  found: readonly Item[],
  limit: number,
): { readonly items: readonly Item[]; readonly last: Item | undefined } {
  return { items: found.slice(0, limit), last: found.length > limit ? found[limit - 1] : undefined }
}
