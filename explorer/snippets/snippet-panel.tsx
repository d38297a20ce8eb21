/** The operation in the reader's language, live as the form changes, to be copied and run. */
import { signal, useComputed } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { type CataloguedOperation, catalogue } from '../catalogue.ts'
import { CopyButton } from '../reading/copy-button.tsx'
import { draftOf } from '../request/draft.ts'
import { coloured } from './colour.ts'
import { type Language, languages, shownValues } from './languages.ts'
import './style.css'

const remembered = 'reference.language'

/** What was chosen last, here or on another day. */
const chosen = signal<Language['id']>(readChoice())
const isFlat = signal(false)

function readChoice(): Language['id'] {
  try {
    const id = localStorage.getItem(remembered)
    return languages.find((language) => language.id === id)?.id ?? 'typescript'
  } catch {
    // A browser that keeps nothing still shows everything.
    return 'typescript'
  }
}

function choose(id: Language['id']): void {
  chosen.value = id
  try {
    localStorage.setItem(remembered, id)
  } catch {}
}

export function SnippetPanel({ operation }: { readonly operation: CataloguedOperation }) {
  const draft = draftOf(operation.name)
  const language = languages.find(({ id }) => id === chosen.value) ?? languages[0]
  const code = useComputed(() => {
    const shown = languages.find(({ id }) => id === chosen.value)
    const baseUrl = catalogue.value?.baseUrl ?? location.origin
    const snippet = isFlat.value && shown?.other ? shown.other.snippet : shown?.snippet
    const values = shownValues(operation, draft.value)
    return snippet?.(operation, values, baseUrl) ?? shown?.snippet(operation, values, baseUrl)
  })
  if (!language) return null
  return (
    <section class="panel snippets" aria-label="Code">
      <div class="panel-head">
        <Tabs />
        {code.value !== undefined && <CopyButton text={() => code.value ?? ''} label="Copy the code" words="Copy" />}
      </div>
      <div role="tabpanel" id="snippet" aria-labelledby={`snippet-${language.id}`}>
        {language.other && language.other.snippet(operation, {}, '') !== undefined && (
          <div class="row snippet-choices">
            <button type="button" class="chip" aria-pressed={!isFlat.value} onClick={() => (isFlat.value = false)}>
              {operation.name}
            </button>
            <button type="button" class="chip" aria-pressed={isFlat.value} onClick={() => (isFlat.value = true)}>
              {operation.flatName}
            </button>
          </div>
        )}
        {code.value === undefined ? <NoCall language={language} /> : <Code text={code.value} language={language} />}
      </div>
    </section>
  )
}

/** Tabs by the pattern of the ARIA Authoring Practices: one stop for the Tab key, arrows move between them. */
function Tabs() {
  const list = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent) => {
    const at = languages.findIndex(({ id }) => id === chosen.value)
    const last = languages.length - 1
    const to = { ArrowLeft: at === 0 ? last : at - 1, ArrowRight: at === last ? 0 : at + 1, Home: 0, End: last }[
      event.key
    ]
    const next = to === undefined ? undefined : languages[to]
    if (!next) return
    event.preventDefault()
    choose(next.id)
    list.current?.querySelector<HTMLElement>(`#snippet-${next.id}`)?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label="Language" ref={list} onKeyDown={move}>
      {languages.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`snippet-${id}`}
          aria-controls="snippet"
          aria-selected={id === chosen.value}
          tabIndex={id === chosen.value ? 0 : -1}
          onClick={() => choose(id)}
        >
          {title}
        </button>
      ))}
    </div>
  )
}

function Code({ text, language }: { readonly text: string; readonly language: Language }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <pre class="code" tabIndex={0}>
      <code>
        {coloured(text.trimEnd(), language.id).map((run, at) => (
          <span key={at} class={run.kind && `code-${run.kind}`}>
            {run.text}
          </span>
        ))}
      </code>
    </pre>
  )
}

function NoCall({ language }: { readonly language: Language }) {
  return (
    <div class="panel-body stack">
      <p class="soft small">
        {language.client} has no call for this, or none that sends these values. Use plain HTTP instead.
      </p>
      <div>
        <button type="button" class="button small" onClick={() => choose('curl')}>
          Show curl
        </button>
      </div>
    </div>
  )
}
