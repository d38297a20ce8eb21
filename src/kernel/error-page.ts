/** What a person sees when a login cannot go on: what happened, what to do, and the id to quote. */
import type { ApiError } from './errors.ts'
import { document, html } from './html.ts'

export interface ErrorPage {
  readonly error: ApiError
  readonly requestId: string
  readonly errorUrl: string
}

export const errorPage = ({ error, requestId, errorUrl }: ErrorPage): string =>
  document({
    title: 'You were not logged in',
    content: html`<div class="card" role="alert">
<h1>You were not logged in</h1>
<p>${error.message}</p>
<p class="soft">Go back to the app and try again. If it keeps happening, send the app’s developers these two lines:</p>
<dl><dt>What</dt><dd><code>${error.definition.type}</code></dd><dt>Request</dt><dd><code>${requestId}</code></dd></dl>
<p class="soft"><a href="${errorUrl}">For developers: what this error means</a></p>
</div>`,
  })
