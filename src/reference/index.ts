/** What the server tells about itself: the OpenAPI document and the error reference. Made once, when first asked for. */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { page, text } from '../kernel/reply.ts'

export { kindOf } from './catalogue.ts'
export { getCatalogue, getExplorer, getExplorerAsset, getExplorerAt, getExplorerPart } from './explorer.ts'
export { Reference } from './reference.ts'

const record = { method: 'GET', auth: 'none', errors: [], input: z.object({}), output: z.object({}) } as const
const aMinute = { 'cache-control': 'public, max-age=60' }

export const getOpenApi = endpoint({
  ...record,
  path: '/openapi.json',
  summary: 'Get the OpenAPI document',
  description: 'OpenAPI 3.1, complete with errors and examples. Made from what the server runs on.',
  produces: 'application/json; charset=utf-8',
  handle: (_input, { reference, baseUrl }) =>
    text(reference.openApi(baseUrl), 'application/json; charset=utf-8', aMinute),
})

export const getErrorsPage = endpoint({
  ...record,
  path: '/docs/errors',
  browser: true,
  summary: 'Read the error reference',
  description: 'What each `error_type` means, what usually causes it, and what to do.',
  produces: 'text/html; charset=utf-8',
  handle: (_input, { reference }) => page(reference.errors(), 200, aMinute),
})
