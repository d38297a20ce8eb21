/** The documents, and the pages that are made of them. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { guides } from '../../explorer/guides/list.ts'
import { guideFrom } from '../../scripts/guide-plugin.ts'

const root = new URL('../..', import.meta.url).pathname
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root })
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Anchors of a document, as its readers' sites make them. */
const anchorsIn = (path: string): readonly string[] =>
  [...guideFrom(read(path)).html.matchAll(/<h\d id="([^"]+)"/g)].map(([, anchor = '']) => anchor)

test('every link of the documents leads to a file, and to a heading of it', () => {
  const broken = documents.flatMap((path) =>
    [...read(path).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
      .filter(([, target = '', anchor]) => {
        const file = target === '' ? path : join(dirname(path), target)
        if (!existsSync(join(root, file))) return true
        return anchor !== undefined && file.endsWith('.md') && !anchorsIn(file).includes(anchor)
      })
      .map(([link]) => `${path}: ${link}`),
  )
  assert.deepEqual(broken, [])
})

test('each guide of the sidebar is a document, and its page has the same title and sections', () => {
  for (const { name } of guides) {
    const path = [`docs/guides/${name}.md`, `docs/${name}.md`].find((one) => existsSync(join(root, one)))
    assert.ok(path, name)
    const { title, headings, html } = guideFrom(read(path))
    assert.equal(title, /^# (.+)$/m.exec(read(path))?.[1])
    assert.equal(headings.length, [...read(path).matchAll(/^## /gm)].length)
    assert.doesNotMatch(html, /<script|style=|<!--|\son\w+=/, 'the page’s policy would refuse it')
    for (const [, target = ''] of html.matchAll(/href="(\/reference\/guides\/[^"#]+)/g)) {
      const linked = target.slice(target.lastIndexOf('/') + 1)
      assert.ok(
        existsSync(join(root, `docs/guides/${linked}.md`)) || existsSync(join(root, `docs/${linked}.md`)),
        target,
      )
    }
  }
})

test('a sequence diagram becomes the list of its messages', () => {
  const { html } = guideFrom(
    '# T\n\n```mermaid\nsequenceDiagram\n  participant A as The <app>\n  A->>B: asks\n  B-->>A: answers\n```\n',
  )
  assert.equal(
    html,
    '<ol class="messages"><li><strong>The &lt;app&gt;</strong> to <strong>B</strong>: asks</li><li><strong>B</strong> to <strong>The &lt;app&gt;</strong>: answers</li></ol>',
  )
})
