/** Parts of a page that an address can point at: `#field-token`, `#error-pkce_mismatch`. */

/** Shows the part that the address names: opens what folds it away, brings it into view and gives it the focus. */
export function showAnchor(): void {
  const target = elementOf(decodeURIComponent(location.hash.slice(1)))
  if (!target) return
  for (let fold = target.closest('details'); fold; fold = fold.parentElement?.closest('details') ?? null)
    fold.open = true
  for (const other of document.querySelectorAll('.found')) other.classList.remove('found')
  target.classList.add('found')
  target.scrollIntoView()
  const focused = target.querySelector<HTMLElement>(':scope > summary') ?? target
  focused.focus({ preventScroll: true })
}

/** A field is looked for in what an operation takes, then in what it answers. */
function elementOf(id: string): HTMLElement | null {
  if (id === '') return null
  return document.getElementById(id) ?? document.getElementById(id.replace(/^field-/, 'answer-'))
}
