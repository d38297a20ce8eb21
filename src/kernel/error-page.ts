/** What a person sees when a login cannot go on: what happened, what to do, and the id to quote. */
import type { ApiError } from './errors.ts'
import { document, html, type Markup, prose } from './html.ts'

export interface ErrorPage {
  readonly title?: string | undefined
  readonly error: ApiError
  readonly requestId: string
  readonly errorUrl: string
}

export const errorPage = ({ title = 'You were not logged in', error, requestId, errorUrl }: ErrorPage): string =>
  document({
    title,
    content: html`<div class="card" role="alert">
<h1>${title}</h1>
<p>${error.message}</p>
<p class="soft">Go back to the app and try again. If it keeps happening, send the app’s developers these lines:</p>
<dl><dt>What</dt><dd><code>${error.definition.type}</code></dd><dt>Request</dt><dd><code>${requestId}</code></dd>
${Object.entries(error.details ?? {}).map(detail)}<dt>What helps</dt><dd>${prose(error.definition.fix)}</dd></dl>
<p class="soft"><a href="${errorUrl}">For developers: what this error means</a></p>
</div>`,
  })

/** What was compared, for whoever mends it. Data of the request, so it is escaped like any other text. */
function detail([name, value]: readonly [string, unknown]): Markup {
  const values = [value].flat().map((one) => html`<dd><code>${String(one)}</code></dd>`)
  return html`<dt>${name.replaceAll('_', ' ')}</dt>${values.length > 0 ? values : html`<dd>nothing</dd>`}`
}
