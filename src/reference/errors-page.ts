/** The error reference: every `error_type`, what causes it and what to do. `error_url` of each envelope points here. */
import { type Api, operations } from '../kernel/endpoint.ts'
import { commonErrors, type ErrorDefinition } from '../kernel/errors.ts'
import { document, html, type Markup, prose } from '../kernel/html.ts'

interface Row {
  readonly error: ErrorDefinition
  /** Names of the operations that list it; empty: any may answer it. */
  readonly operations: readonly string[]
}

/** Every error of an API, each once, in alphabetical order. */
export function errorRows(api: Api): readonly Row[] {
  const rows = new Map<string, Row>(commonErrors.map((error) => [error.type, { error, operations: [] }]))
  for (const { name, endpoint } of operations(api)) {
    for (const error of endpoint.errors) {
      const known = rows.get(error.type)
      rows.set(error.type, { error, operations: [...(known?.operations ?? []), name] })
    }
  }
  return [...rows.values()].sort((one, other) => (one.error.type < other.error.type ? -1 : 1))
}

export function errorsPage(api: Api): string {
  const rows = errorRows(api)
  return document({
    title: 'Errors',
    wide: true,
    content: html`<h1>Errors</h1>
<p>Every failed request answers with <code>error_type</code>, which programs decide by, <code>error_message</code>, which says what to do, and a
<code>request_id</code>, under which the server’s log holds the rest.</p>
<nav aria-label="All errors"><p class="index">${rows.map(({ error }) => html`<a href="#${error.type}"><code>${error.type}</code></a> `)}</p></nav>
${rows.map(section)}`,
  })
}

const section = ({ error, operations: names }: Row): Markup => html`<section id="${error.type}" class="card entry">
<h2><code>${error.type}</code> <span class="soft">${error.status}</span></h2>
<p>${error.message}</p>
<dl><dt>Cause</dt><dd>${prose(error.cause)}</dd><dt>What to do</dt><dd>${prose(error.fix)}</dd>
<dt>Answered by</dt><dd>${names.length === 0 ? 'any operation' : names.map((name) => html`<code>${name}</code> `)}</dd></dl>
</section>`
