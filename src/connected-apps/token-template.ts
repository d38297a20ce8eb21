/**
 * Claims that a project adds to tokens, as a template: the text of a JSON object in which `{{ user.external_id }}`, without
 * quotes, stands for a JSON value (docs/wire/connected-apps.md). Pure. One pass over the text, nothing is evaluated.
 */

export type Claims = Readonly<Record<string, unknown>>

/** What is wrong with a template, by kind, and as a sentence. */
export interface TemplateFault {
  readonly kind: 'invalid_tag' | 'mismatched_tag' | 'invalid_json'
  readonly problem: string
}

/** A template that cannot become claims, or whose claims are too large. The message is for whoever wrote it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}

/** Most bytes of a template, and of the JSON of the claims that it becomes. */
export const largestClaims = 4_096

/** Claims that only the server sets. `__proto__` is none, and a trap for whoever copies claims. */
const reserved = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'scope', 'client_id', '__proto__'])

const variablePath = /^[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*$/

/** A template in pieces: texts, and between each two of them the path of a variable. */
interface Pieces {
  readonly texts: readonly string[]
  readonly paths: readonly string[]
}

/** Why a template cannot be used; `undefined` if it can. An empty one adds nothing. */
export function templateFault(template: string): TemplateFault | undefined {
  if (template.trim() === '') return undefined
  if (Buffer.byteLength(template) > largestClaims) {
    return { kind: 'invalid_json', problem: `a template has at most ${largestClaims} bytes.` }
  }
  const pieces = split(template)
  if ('kind' in pieces) return pieces
  // `null` fits wherever any other value would, and nowhere else.
  const value = parsed(pieces.texts.join('null'))
  if (!isObject(value)) {
    return { kind: 'invalid_json', problem: 'with a value in place of each variable it is not a JSON object.' }
  }
  return undefined
}

/** Why a template cannot be used, as a sentence; `undefined` if it can. */
export const templateProblem = (template: string): string | undefined => templateFault(template)?.problem

/**
 * The claims of a template: each variable becomes the value found under its path, `null` where there is none. Reserved
 * claims are left out. Throws `TemplateError` for a template with a problem, and for claims of more than 4 KB.
 */
export function renderTemplate(template: string, variables: Readonly<Record<string, unknown>>): Claims {
  if (template.trim() === '') return {}
  const problem = templateProblem(template)
  const pieces = split(template)
  if (problem !== undefined || 'kind' in pieces) throw new TemplateError(`The template is not usable: ${problem}`)
  const [first = '', ...rest] = pieces.texts
  let json = first
  for (const [at, text] of rest.entries()) {
    json += (JSON.stringify(valueAt(variables, pieces.paths[at] ?? '')) ?? 'null') + text
    // Twice, because a template may be mostly white space. More would let a few variables blow it up.
    if (json.length > 2 * largestClaims) throw tooLarge()
  }
  const value = parsed(json)
  if (!isObject(value)) throw new TemplateError('The template did not become a JSON object.')
  const claims = Object.fromEntries(Object.entries(value).filter(([name]) => !reserved.has(name)))
  if (Buffer.byteLength(JSON.stringify(claims)) > largestClaims) throw tooLarge()
  return claims
}

const tooLarge = (): TemplateError =>
  new TemplateError(`The claims of the template have more than ${largestClaims} bytes.`)

/** Finds the variables. Between the quotes of a JSON string there can be none, so braces there are text or a mistake. */
function split(template: string): Pieces | TemplateFault {
  const texts: string[] = []
  const paths: string[] = []
  let start = 0
  let inString = false
  for (let at = 0; at < template.length; at++) {
    const character = template[at]
    if (inString && character === '\\') at++
    else if (character === '"') inString = !inString
    if (character !== '{' || template[at + 1] !== '{') continue
    if (inString) return { kind: 'invalid_tag', problem: 'a variable stands between quotes. Write it without them.' }
    const end = template.indexOf('}}', at + 2)
    if (end < 0) return { kind: 'mismatched_tag', problem: 'a {{ has no }}.' }
    const path = template.slice(at + 2, end).trim()
    if (!variablePath.test(path)) {
      return {
        kind: path.includes('{{') ? 'mismatched_tag' : 'invalid_tag',
        problem: `{{${path.slice(0, 100)}}} is not the path of a variable, such as {{ user.external_id }}.`,
      }
    }
    texts.push(template.slice(start, at))
    paths.push(path)
    start = end + 2
    at = end + 1
  }
  return { texts: [...texts, template.slice(start)], paths }
}

/** What stands under a dotted path; only what the values hold themselves, nothing that they inherit. */
function valueAt(variables: Readonly<Record<string, unknown>>, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => {
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value) && !/^\d+$/.test(name)) return undefined
    return Object.getOwnPropertyDescriptor(value, name)?.value
  }, variables)
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Claims =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
