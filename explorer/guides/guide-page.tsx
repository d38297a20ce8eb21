/** A document of `docs/`, as a page. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { catalogue } from '../catalogue.ts'
import { type Document, documentNamed } from './documents.ts'
import './style.css'

/** What the documents call the server. */
const documentedBaseUrl = 'http://localhost:4100'

export function GuidePage({ name }: { readonly name: string }) {
  const [shown, setShown] = useState<Document | 'loading' | 'missing'>('loading')
  useEffect(() => {
    let isCurrent = true
    setShown('loading')
    const show = (next: Document | 'missing') => isCurrent && setShown(next)
    const loading = documentNamed(name)
    if (loading) {
      loading.then(show, () => show('missing'))
    } else show('missing')
    return () => {
      isCurrent = false
    }
  }, [name])
  if (shown === 'loading') return <p class="loading">Loading…</p>
  if (shown === 'missing') {
    return (
      <>
        <h1 tabIndex={-1}>There is no guide {name}</h1>
        <p>
          <a href="/reference/guides/getting-started">Getting started</a> is where to begin.
        </p>
      </>
    )
  }
  return <Article key={name} {...shown} />
}

function Article({ title, html, headings }: Document) {
  const prose = useRef<HTMLDivElement>(null)
  const baseUrl = catalogue.value?.baseUrl ?? documentedBaseUrl
  useEffect(() => {
    document.title = `${title} · API reference`
    if (prose.current) finish(prose.current)
    // The document came after the address was opened, so the browser has not found the anchor itself.
    if (location.hash !== '') document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView()
  }, [title])
  return (
    <article class="guide">
      <h1 tabIndex={-1}>{title}</h1>
      {headings.length > 2 && (
        <nav aria-label="On this page">
          <ul>
            {headings.map(({ anchor, text }) => (
              <li key={anchor}>
                <a href={`#${anchor}`}>{text}</a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      {/* Our own files, turned to HTML when the page was built. */}
      <div
        ref={prose}
        class="prose"
        dangerouslySetInnerHTML={{ __html: html.replaceAll(documentedBaseUrl, baseUrl) }}
      />
    </article>
  )
}

/** Adds what the static text cannot have: a button that copies, and plain text in place of links that lead nowhere. */
function finish(prose: HTMLElement): void {
  for (const link of prose.querySelectorAll('a[href=""]')) link.replaceWith(...link.childNodes)
  for (const figure of prose.querySelectorAll('figure.listing')) {
    const text = figure.querySelector('code')?.textContent ?? ''
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.textContent = 'Copy'
    button.addEventListener('click', () => {
      void navigator.clipboard.writeText(text).then(
        () => say(button, 'Copied'),
        () => say(button, 'Select and copy by hand'),
      )
    })
    const bar = document.createElement('figcaption')
    bar.append(figure.getAttribute('data-language') ?? '', button)
    figure.prepend(bar)
  }
}

function say(button: HTMLButtonElement, text: string): void {
  button.textContent = text
  setTimeout(() => {
    button.textContent = 'Copy'
  }, 2_000)
}
