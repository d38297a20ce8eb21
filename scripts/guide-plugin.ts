/** Turns `docs/*.md` into pages of the reference while it is bundled, so that both say the same. */
import { basename } from 'node:path'
import { Marked, type Tokens } from 'marked'
import type { Plugin } from 'vite'

/** A module for each imported `.md` file: `title`, `html`, and `headings` with their anchors. */
export const guidePlugin = (): Plugin => ({
  name: 'guides',
  transform(source, id) {
    if (!id.endsWith('.md')) return undefined
    const { title, html, headings } = guideFrom(source)
    const text = (value: unknown) => JSON.stringify(value)
    return {
      code: `export const title = ${text(title)}\nexport const html = ${text(html)}\nexport const headings = ${text(headings)}`,
      map: null,
    }
  },
})

export interface Guide {
  readonly title: string
  readonly html: string
  readonly headings: readonly { readonly anchor: string; readonly text: string }[]
}

/** Makes a page of a document of ours; what stands in it is trusted. */
export function guideFrom(source: string): Guide {
  const headings: { anchor: string; text: string }[] = []
  let title = ''
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        const inner = this.parser.parseInline(tokens)
        if (depth === 1) {
          title = text
          return ''
        }
        const anchor = anchorOf(text)
        if (depth === 2) headings.push({ anchor, text: text.replaceAll('`', '') })
        return `<h${depth} id="${anchor}">${inner}</h${depth}>`
      },
      link({ href, tokens }: Tokens.Link) {
        return `<a href="${addressOf(href)}">${this.parser.parseInline(tokens)}</a>`
      },
      code({ text, lang = '' }: Tokens.Code) {
        if (lang === 'mermaid') return stepsOf(text)
        return `<figure class="listing" data-language="${lang}"><pre tabindex="0"><code>${escaped(text)}</code></pre></figure>`
      },
      table(token: Tokens.Table) {
        const row = (cells: readonly Tokens.TableCell[], tag: string) =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`
        const body = token.rows.map((cells) => row(cells, 'td')).join('')
        return `<div class="table" tabindex="0"><table><thead>${row(token.header, 'th')}</thead><tbody>${body}</tbody></table></div>`
      },
    },
  })
  const html = marked.parse(source.replace(/<!--.*?-->\n*/gs, ''), { async: false })
  return { title, html, headings }
}

/** As GitHub makes them, so that links between the documents lead to the same place. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

/** Documents link to one another as files; here each has an address. What is not on the page is named, not linked. */
function addressOf(href: string): string {
  if (/^(https?:|#|\/)/.test(href)) return href
  const [path = '', anchor] = href.split('#')
  const isGuide = path.endsWith('.md') && !/(^|\/)(wire|decisions)\/|^\.\.\/\.\.\//.test(path)
  return isGuide ? `/reference/guides/${basename(path, '.md')}${anchor ? `#${anchor}` : ''}` : ''
}

/** A sequence diagram as the list of its messages: readable everywhere, without a drawing library. */
function stepsOf(diagram: string): string {
  const names = new Map(
    [...diagram.matchAll(/^\s*participant (\w+) as (.+)$/gm)].map(([, id = '', name = '']) => [id, name.trim()]),
  )
  const name = (id: string) => `<strong>${escaped(names.get(id) ?? id)}</strong>`
  const steps = [...diagram.matchAll(/^\s*(\w+)-{1,2}>>(\w+): (.+)$/gm)].map(
    ([, from = '', to = '', text = '']) => `<li>${name(from)} to ${name(to)}: ${escaped(text)}</li>`,
  )
  return `<ol class="messages">${steps.join('')}</ol>`
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
