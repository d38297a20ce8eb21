/** Pages: an escaping template tag and the one frame that every page shares. Server-rendered, no script. */

/** Markup that is already safe to stand in a page. Made only by `html` and `raw`. */
class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
}

export type { Markup }

type Value = Markup | string | number | undefined | false | readonly Value[]

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Makes any text inert in element content and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => replacements[character] ?? '')

const render = (value: Value): string => {
  if (value === undefined || value === false) return ''
  if (value instanceof Markup) return value.text
  if (Array.isArray(value)) return value.map(render).join('')
  return escapeHtml(String(value))
}

/** ``html`<p>${anything}</p>` ``: every value is escaped unless it is itself markup; arrays are joined. */
export const html = (strings: TemplateStringsArray, ...values: readonly Value[]): Markup =>
  new Markup(String.raw({ raw: strings }, ...values.map(render)))

/** Text that is markup by construction, e.g. a style sheet of ours. Never for anything that came from outside. */
export const trustedMarkup = (text: string): Markup => new Markup(text)

const styles = trustedMarkup(`
:root { color-scheme: light dark; --ink: #1c2024; --soft: #60646c; --line: #e3e4e8; --paper: #ffffff; --ground: #f6f6f8;
  --accent: #3451b2; --accent-ink: #ffffff; --warn: #ab4a00; --code: #f0f0f3 }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --soft: #b0b4ba; --line: #363a3f; --paper: #18191b;
  --ground: #111113; --accent: #9eb1ff; --accent-ink: #11131f; --warn: #ffa057; --code: #212225 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; -webkit-text-size-adjust: 100% }
main { max-width: 30rem; margin: 0 auto; padding: 3rem 1.25rem }
main.wide { max-width: 54rem }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 14px; padding: 1.75rem }
h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 .5rem; text-wrap: balance }
h2 { font-size: 1.0625rem; margin: 2rem 0 .5rem }
p { margin: .5rem 0 }
a { color: var(--accent) }
small, .soft { color: var(--soft); font-size: .875rem }
code { background: var(--code); border-radius: 5px; padding: .1em .35em; font: .875em ui-monospace, monospace; overflow-wrap: anywhere }
button, .button { display: block; width: 100%; min-height: 44px; padding: .625rem 1rem; border: 1px solid var(--line); border-radius: 10px;
  background: var(--paper); color: inherit; font: inherit; text-align: left; text-decoration: none; cursor: pointer }
button.primary { background: var(--accent); color: var(--accent-ink); border-color: var(--accent); text-align: center; font-weight: 600 }
button:hover, .button:hover { border-color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
input, select { width: 100%; min-height: 44px; padding: .5rem .75rem; border: 1px solid var(--soft); border-radius: 10px; background: var(--paper); color: inherit; font: inherit }
label { display: block; font-weight: 600; margin: 1rem 0 .25rem }
dl { margin: .75rem 0 } dt { color: var(--soft); font-size: .875rem; margin-top: .625rem } dd { margin: 0; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line) }
`)

export interface PageFrame {
  readonly title: string
  readonly content: Markup
  readonly wide?: boolean
}

/** The whole document around a page's content. */
export const document = ({ title, content, wide }: PageFrame): string =>
  html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${styles}</style></head>
<body><main${trustedMarkup(wide ? ' class="wide"' : '')}>${content}</main></body>
</html>
`.toString()
