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

/** Our own sentences, which mark code with backticks. */
export const prose = (text: string): readonly (Markup | string)[] =>
  text.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))

const styles = trustedMarkup(`
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5c616b; --line: #e1e3e8; --paper: #ffffff; --ground: #f5f6f8; --hover: #f8f9fb;
  --accent: #3451b2; --accent-ink: #ffffff; --warn: #ab4a00; --code: #eff0f3; --shadow: 0 1px 2px #1018280a, 0 8px 24px #1018280f }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --soft: #a9afb8; --line: #33373d; --paper: #191b1e;
  --ground: #101113; --hover: #202328; --accent: #9eb1ff; --accent-ink: #11131f; --warn: #ffa057; --code: #25282d; --shadow: none } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; -webkit-text-size-adjust: 100% }
main { max-width: 31rem; margin: 0 auto; padding: clamp(1.5rem, 6vh, 4rem) 1rem 3rem }
main.wide { max-width: 54rem }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 16px; padding: clamp(1.25rem, 5vw, 2rem); box-shadow: var(--shadow) }
h1 { font-size: clamp(1.3125rem, 5.5vw, 1.5rem); line-height: 1.25; letter-spacing: -.01em; margin: 0 0 .5rem; text-wrap: balance; overflow-wrap: anywhere }
h2 { font-size: 1.0625rem; margin: 2rem 0 .5rem }
p { margin: .5rem 0; text-wrap: pretty; overflow-wrap: anywhere }
a { color: var(--accent); text-underline-offset: .15em }
hr { border: 0; border-top: 1px solid var(--line); margin: 1.75rem 0 }
small, .soft, .note { color: var(--soft); font-size: .875rem }
.soft strong { color: var(--ink) }
code { background: var(--code); border-radius: 5px; padding: .1em .35em; font: .875em ui-monospace, monospace; overflow-wrap: anywhere }
button, .button { display: block; width: 100%; min-height: 44px; padding: .625rem 1rem; border: 1px solid var(--line); border-radius: 10px;
  background: var(--paper); color: inherit; font: inherit; text-align: left; text-decoration: none; cursor: pointer }
button.primary, .button.primary { background: var(--accent); color: var(--accent-ink); border-color: var(--accent); text-align: center; font-weight: 600 }
button.centred, .button.centred { text-align: center }
p > .button { margin: 1.25rem 0 } p:last-child > .button { margin-bottom: 0 }
button:hover, .button:hover { border-color: var(--accent); background: var(--hover) }
button.primary:hover, .button.primary:hover { background: var(--accent); filter: brightness(1.08) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
input, select { width: 100%; min-height: 44px; padding: .5rem .75rem; border: 1px solid var(--soft); border-radius: 10px; background: var(--paper); color: inherit; font: inherit }
input::placeholder { color: var(--soft); opacity: .8 }
label { display: block; font-weight: 600; margin: 1rem 0 .375rem }
dl { margin: .75rem 0 } dt { color: var(--soft); font-size: .875rem; margin-top: .625rem } dd { margin: 0; overflow-wrap: anywhere } dd code { background: none; padding: 0 }
.eyebrow { color: var(--soft); font-size: .8125rem; letter-spacing: .02em; margin: 0 0 .75rem }
.brand { display: flex; align-items: center; gap: .625rem; margin: 0 .25rem 1rem; font-size: 1.125rem }
.mark { width: 2.25rem; height: 2.25rem; border-radius: 10px; display: grid; place-items: center; color: #fff; font-weight: 700; box-shadow: inset 0 0 0 1px #ffffff24 }
.tag { margin-left: auto; border: 1px solid var(--line); border-radius: 99px; padding: .0625rem .625rem; color: var(--soft); font-size: .8125rem }
.card h2 { font-size: .8125rem; font-weight: 600; color: var(--soft); margin: 1.5rem 0 .5rem }
ul.choices { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem }
ul.pair { grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)) }
button.small { font-size: .875rem; padding: .5rem .75rem; border-radius: 10px }
.choice { display: flex; align-items: center; gap: .875rem; padding: .75rem .875rem; border-radius: 12px }
.choice > span:nth-child(2) { flex: 1; min-width: 0 } .choice strong { display: block; font-weight: 600; line-height: 1.35 }
.choice small { display: block; line-height: 1.4; overflow-wrap: anywhere }
.choice > code { color: var(--soft); font-size: .75rem } @media (max-width: 27rem) { .choice > code { display: none } }
.face { flex: none; width: 2.5rem; height: 2.5rem; border-radius: 50%; display: grid; place-items: center; color: #fff; font-size: .875rem; font-weight: 600 }
.face.plain { background: var(--code); color: var(--soft); font-size: 1rem }
.row { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .75rem } .row > * { flex: 1 1 11rem }
.note { margin: .75rem .25rem 0 } .card + .note { margin-top: 1.25rem }
.button strong, .button span:not(.face) { display: block }
pre { background: var(--code); border-radius: 10px; padding: 1rem; overflow-x: auto } pre code { background: none; padding: 0; white-space: pre-wrap }
.who { display: flex; align-items: center; gap: .875rem; margin-bottom: 1.25rem } .who > span:nth-child(2) { min-width: 0 } .who strong { display: block; line-height: 1.35; overflow-wrap: anywhere }
.origin { display: block; color: var(--soft); font-size: .75rem; line-height: 1.4; overflow-wrap: anywhere } .target { font-weight: 600 } .target code { font-weight: 400 }
ul.scopes, ul.plain { list-style: none; margin: 0; padding: 0 } ul.plain li { overflow-wrap: anywhere }
ul.scopes li { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .75rem; position: relative; padding: .5rem 0 .5rem 1.75rem }
ul.scopes li > span { flex: 1 1 12rem } ul.scopes li::before { content: "✓" / ""; position: absolute; left: .25rem; color: var(--accent); font-weight: 700 }
ul.scopes li + li { border-top: 1px solid var(--line) } ul.scopes code { color: var(--soft); background: none; padding: 0; font-size: .75rem }
ul.withheld li { color: var(--soft) } ul.withheld li::before { content: "–" / ""; color: var(--soft) }
.warning, .notice { border: 1px solid var(--warn); border-radius: 10px; padding: .75rem .875rem; font-size: .9375rem } .warning strong { color: var(--warn) }
.notice { background: var(--paper); margin: 0 0 1rem } form > .row { margin-top: 1.75rem } .soft + .choices { margin-top: 1.25rem } .note a { display: inline-block }
details { margin-top: .75rem } summary { cursor: pointer; color: var(--soft); min-height: 44px; padding: .625rem .875rem } details[open] summary { margin-bottom: .25rem }
.entry { margin: 1rem 0; scroll-margin-top: 1rem }
.entry h2 { margin: 0 0 .5rem }
.index { font-size: .875rem; line-height: 2 }
.index a { text-decoration: none }
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
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><link rel="icon" href="data:,"><style>${styles}</style></head>
<body><main${trustedMarkup(wide ? ' class="wide"' : '')}>${content}</main></body>
</html>
`.toString()
