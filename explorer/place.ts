/** Where the reader is: real paths below `/reference`, so that every operation, flow and guide has an address of its own. */
import { signal } from '@preact/signals'

export type Place =
  | { readonly kind: 'start' }
  | { readonly kind: 'operation' | 'flow' | 'guide'; readonly name: string }

/** Reads a path of ours; anything else is the start. */
export function placeAt(path: string): Place {
  const [chapter = '', name = ''] = path
    .replace(/^\/reference\/?/, '')
    .split('/')
    .map(decodeURIComponent)
  if (chapter === 'flows' && name !== '') return { kind: 'flow', name }
  if (chapter === 'guides' && name !== '') return { kind: 'guide', name }
  return chapter === '' ? { kind: 'start' } : { kind: 'operation', name: chapter }
}

/** The address of a place. */
export function pathOf(place: Place): string {
  if (place.kind === 'start') return '/reference'
  const name = encodeURIComponent(place.name)
  return place.kind === 'operation' ? `/reference/${name}` : `/reference/${place.kind}s/${name}`
}

export const place = signal<Place>({ kind: 'start' })

/** Goes to a place, and with a hash to a part of it, without loading the page again; the focus moves to its heading, as on a load. */
export function goTo(next: Place, hash = ''): void {
  history.pushState(null, '', `${pathOf(next)}${hash}`)
  arrive()
  requestAnimationFrame(() => {
    const heading = document.querySelector<HTMLElement>('main h1')
    heading?.focus({ preventScroll: true })
    if (location.hash === '') scrollTo(0, 0)
  })
}

function arrive(): void {
  place.value = placeAt(location.pathname)
}

/** Links to places of ours are followed in the page; a click that wants a new tab, and every other link, is the browser's. */
export function followLinks(): void {
  arrive()
  addEventListener('popstate', arrive)
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target !== '') return
    const url = new URL(link.href)
    const isOurs =
      url.origin === location.origin && /^\/reference(\/|$)/.test(url.pathname) && !url.pathname.endsWith('.json')
    if (!isOurs || (url.pathname === location.pathname && url.hash !== '')) return
    event.preventDefault()
    goTo(placeAt(url.pathname), url.hash)
  })
}
