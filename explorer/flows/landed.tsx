/** Where a window of a guided flow ends: it tells the page that waits, and closes. */
import { useEffect } from 'preact/hooks'
import { tellLanding } from './windows.ts'

export function Landed() {
  useEffect(tellLanding, [])
  return (
    <div class="stack">
      <h1 tabIndex={-1}>Back from the login</h1>
      <p>The page that opened this window has what it needs. You can close this one.</p>
    </div>
  )
}
