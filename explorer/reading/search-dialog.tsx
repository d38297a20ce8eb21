/** Search, from anywhere: `/` or Ctrl+K or ⌘K opens it, arrows choose, Enter goes there, Escape clears and then closes. */
import { computed, signal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { catalogue } from '../catalogue.ts'
import { flows } from '../flows/list.ts'
import { guides } from '../guides/list.ts'
import { goTo, pathOf } from '../place.ts'
import { Icon } from './icon.tsx'
import { MethodBadge } from './method-badge.tsx'
import { type Match, search, searchIndex } from './search.ts'
import './search-dialog.css'

const isOpen = signal(false)
const query = signal('')
/** Position of the result that Enter would open. */
const chosen = signal(0)

const index = computed(() => searchIndex(catalogue.value?.operations ?? [], { flows, guides }))
const matches = computed(() => search(index.value, query.value))

export function SearchButton({ isIconOnly = false }: { readonly isIconOnly?: boolean }) {
  return (
    <button
      type="button"
      class={isIconOnly ? 'button quiet square' : 'search-button'}
      aria-label="Search"
      aria-keyshortcuts="/ Control+K Meta+K"
      aria-haspopup="dialog"
      onClick={() => (isOpen.value = true)}
    >
      <Icon name="search" />
      {!isIconOnly && (
        <>
          <span>Search</span>
          <kbd>/</kbd>
        </>
      )}
    </button>
  )
}

export function SearchDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    document.addEventListener('keydown', openByKey)
    return () => document.removeEventListener('keydown', openByKey)
  }, [])
  useEffect(() => {
    if (isOpen.value) {
      dialog.current?.showModal()
      dialog.current?.querySelector('input')?.select()
    } else dialog.current?.close()
  }, [isOpen.value])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the dialog closes it; for keys there is Escape
    <dialog
      ref={dialog}
      class="search"
      aria-label="Search the reference"
      onCancel={() => (isOpen.value = false)}
      onClick={(event) => {
        if (event.target === event.currentTarget) isOpen.value = false
      }}
    >
      {isOpen.value && <Search />}
    </dialog>
  )
}

function openByKey(event: KeyboardEvent): void {
  const isSlash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)
  const isK = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey
  if (!isSlash && !isK) return
  event.preventDefault()
  isOpen.value = true
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))

function Search() {
  const found = matches.value
  const at = Math.min(chosen.value, found.length - 1)
  return (
    <div class="search-inside">
      <div class="search-head">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-label="Search by name, path, field or error"
          aria-autocomplete="list"
          aria-expanded={found.length > 0}
          aria-controls="search-results"
          aria-activedescendant={found.length > 0 ? `result-${at}` : undefined}
          placeholder="Name, path, field or error"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={query.value}
          onInput={({ currentTarget }) => ask(currentTarget.value)}
          onKeyDown={(event) => pressed(event, found, at)}
        />
        <button type="button" class="button small" onClick={() => (isOpen.value = false)}>
          <span class="visually-hidden">Close the search: </span>Esc
        </button>
      </div>
      <div id="search-results" class="search-results" role="listbox" aria-label="Results">
        {found.map((match, position) => (
          <Result key={hrefOf(match)} match={match} position={position} isChosen={position === at} />
        ))}
      </div>
      {found.length === 0 && <Nothing />}
      <p class="visually-hidden" role="status">
        {countInWords(found.length)}
      </p>
    </div>
  )
}

function Nothing() {
  if (query.value.trim() !== '') {
    return <p class="search-note">Nothing has all of these words. Try one of them, or a part of one.</p>
  }
  return (
    <div class="search-note">
      <p>For example</p>
      <p class="row">
        {['oauth.attach', '/v1/users/user-test-1', 'code_verifier', 'pkce_mismatch'].map((example) => (
          <button key={example} type="button" class="chip" onClick={() => ask(example)}>
            <code>{example}</code>
          </button>
        ))}
      </p>
    </div>
  )
}

function ask(text: string): void {
  query.value = text
  chosen.value = 0
  document.querySelector<HTMLElement>('.search input')?.focus()
}

function countInWords(count: number): string {
  if (query.value.trim() === '') return ''
  return count === 1 ? '1 result' : `${count} results`
}

interface ResultProps {
  readonly match: Match
  readonly position: number
  readonly isChosen: boolean
}

/** Reasons that the line does not show by itself. */
const spoken = { name: 'name', path: '', title: '', field: 'field', error: 'error', text: 'description' } as const

function Result({ match, position, isChosen }: ResultProps) {
  const { entry, reasons } = match
  const line = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isChosen) line.current?.scrollIntoView({ block: 'nearest', behavior: 'instant' })
  }, [isChosen])
  const told = reasons.filter(({ kind }) => spoken[kind] !== '')
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: keys go to the combobox
    <div
      ref={line}
      id={`result-${position}`}
      class="result"
      role="option"
      aria-selected={isChosen}
      onClick={() => open(match)}
      onMouseMove={() => (chosen.value = position)}
    >
      <p class="result-title">
        <span>{entry.title}</span>
        {entry.method ? <MethodBadge method={entry.method} /> : <span class="badge">{entry.place.kind}</span>}
      </p>
      {entry.path !== undefined && <code class="result-path">{entry.path}</code>}
      {told.length > 0 && (
        <p class="result-reasons">
          {told.map(({ kind, found }) => (
            <span key={found}>
              {spoken[kind]} {kind !== 'text' && <code>{found}</code>}
            </span>
          ))}
        </p>
      )}
    </div>
  )
}

function pressed(event: KeyboardEvent, found: readonly Match[], at: number): void {
  const match = found[at]
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + found.length }[event.key]
  if (to !== undefined && found.length > 0) chosen.value = to % found.length
  else if (event.key === 'Enter' && match) open(match)
  else if (event.key === 'Escape' && query.value !== '') ask('')
  else return
  event.preventDefault()
}

function open(match: Match): void {
  isOpen.value = false
  goTo(match.entry.place, hashOf(match))
}

const hrefOf = (match: Match): string => pathOf(match.entry.place) + hashOf(match)

/** The first field or error that was asked for. */
function hashOf({ reasons }: Match): string {
  const part = reasons.find(({ kind }) => kind === 'field' || kind === 'error')
  return part ? `#${part.kind}-${part.found}` : ''
}
