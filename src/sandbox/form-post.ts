/** `response_mode=form_post`: a page that posts the answer to the callback by itself (OAuth 2.0 Form Post Response Mode §2). */
import { createHash } from 'node:crypto'
import { document, html, trustedMarkup } from '../kernel/html.ts'
import { pagePolicy } from '../kernel/reply.ts'

/** The only script of any page; its digest stands in the policy, so nothing else can run. */
const script = 'document.forms[0].submit()'
const digest = createHash('sha256').update(script).digest('base64')

export const formPostPolicy = (formTargets: string): string =>
  `${pagePolicy(formTargets)}; script-src 'sha256-${digest}'`

/** The page; without scripts there is a button. */
export const formPost = (target: URL, parameters: Readonly<Record<string, string>>, provider: string): string =>
  document({
    title: `Back from ${provider}`,
    content: html`<div class="card"><form method="post" action="${target.href}" data-submits-itself>
<p>You are on your way back.</p>
${Object.entries(parameters).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button class="primary">Continue</button></form></div><script>${trustedMarkup(script)}</script>`,
  })
