/** The query of a search: from what the wire says to filters by known fields. Pure. */
import { z } from 'zod'
import * as errors from './errors.ts'

export const filterNames = ['client_id', 'client_name', 'scopes'] as const
export type FilterName = (typeof filterNames)[number]

/** A filter matches a client that has one of the values in that field. */
export interface Filter {
  readonly name: FilterName
  readonly values: readonly string[]
}

export interface M2mQuery {
  /** Whether every filter must match, or one is enough. Without any filter every client is found. */
  readonly operator: 'AND' | 'OR'
  readonly filters: readonly Filter[]
}

/** Most values of one filter; with twenty of them it stays far below what the databases take. */
const mostValues = 500

export const QueryInput = z.object({
  operator: z.string().nullish().describe('`AND`: every operand must match. `OR`: one is enough. Default: `AND`.'),
  operands: z
    .array(z.record(z.string(), z.unknown()))
    .max(20)
    .nullish()
    .describe(
      'Each with a `filter_name` (`client_id`, `client_name`, `scopes`) and a `filter_value`, an array of texts of which one must be equal.',
    ),
})

/** What `queryFrom` can throw. */
export const queryErrors = [
  errors.m2mSearchInvalidOperator,
  errors.m2mSearchMissingFilterName,
  errors.m2mSearchFilterNameMustBeString,
  errors.m2mSearchFilterNameNotRecognized,
  errors.m2mSearchMissingFilterValue,
  errors.m2mSearchExpectedArrayOfStrings,
]

/** Throws one of `queryErrors`. */
export function queryFrom({ operator, operands }: z.infer<typeof QueryInput> = {}): M2mQuery {
  const given = operator || 'AND'
  if (given !== 'AND' && given !== 'OR') throw errors.m2mSearchInvalidOperator()
  return { operator: given, filters: (operands ?? []).map(filterFrom) }
}

function filterFrom({ filter_name: name, filter_value: values }: Readonly<Record<string, unknown>>): Filter {
  if (name === undefined || name === null) throw errors.m2mSearchMissingFilterName()
  if (typeof name !== 'string') throw errors.m2mSearchFilterNameMustBeString()
  const known = filterNames.find((one) => one === name)
  if (!known) throw errors.m2mSearchFilterNameNotRecognized()
  if (values === undefined || values === null) throw errors.m2mSearchMissingFilterValue()
  if (!Array.isArray(values) || values.length > mostValues || !values.every((one) => typeof one === 'string')) {
    throw errors.m2mSearchExpectedArrayOfStrings({ most: mostValues })
  }
  if (values.length === 0) throw errors.m2mSearchMissingFilterValue()
  return { name: known, values }
}
