/**
 * What the tests have seen: each kind of answer, once, as JSON lines in the file that `SELVAGE_TEST_SEEN` names. `npm test`
 * checks it at the end: was every listed error provoked, and does every success fit the contract?
 */
import { appendFileSync } from 'node:fs'
import type { App } from '../app.ts'

export interface SeenAnswer {
  readonly operation: string
  readonly status: number
  readonly errorType: string | undefined
  /** Of a success only. */
  readonly body: unknown
}

const file = process.env.SELVAGE_TEST_SEEN
const noted = new Set<string>()

/** Notes what a server answers from now on. Without the variable, nothing. */
export function noteAnswers(http: App['http']): void {
  if (file === undefined) return
  http.addHook('onSend', (request, reply, payload, done) => {
    const { operation } = request.routeOptions.config
    const isJson = String(reply.getHeader('content-type')).startsWith('application/json')
    // “Not modified” has the media type, and nothing to look at.
    if (operation !== undefined && isJson && typeof payload === 'string' && payload !== '') {
      note(operation, reply.statusCode, JSON.parse(payload), file)
    }
    done()
  })
}

function note(operation: string, status: number, body: Record<string, unknown>, path: string): void {
  const errorType = typeof body.error_type === 'string' ? body.error_type : undefined
  // Successes are told apart by their form, so that each shape is checked once.
  const key = `${operation} ${status} ${errorType ?? shapeOf(body)}`
  if (noted.has(key)) return
  noted.add(key)
  const seen: SeenAnswer = { operation, status, errorType, body: errorType === undefined ? body : undefined }
  appendFileSync(path, `${JSON.stringify(seen)}\n`)
}

/** The form of a value without its content. */
const shapeOf = (value: unknown): string => {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].join()}]`
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  return `{${Object.entries(value).map(([name, one]) => `${name}:${shapeOf(one)}`)}}`
}
