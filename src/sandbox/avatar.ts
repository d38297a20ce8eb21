/** Pictures of people who do not exist: their initials. Pure. */
import { html } from '../kernel/html.ts'

/** Grounds dark enough to carry white letters (contrast of 4.5 and more). */
const grounds = ['#5b5bd6', '#0b6e99', '#3a7d44', '#a3476b', '#8a5a00', '#6e56cf', '#b3432b', '#0f766e']

/** The ground on which these letters stand: always the same one. */
export function groundOf(letters: string): string {
  const sum = [...letters].reduce((total, letter) => total * 31 + (letter.codePointAt(0) ?? 0), 7)
  return grounds[sum % grounds.length] ?? '#5b5bd6'
}

/** An SVG document of up to two letters. */
export function avatar(letters: string): string {
  const shown = [...letters]
    .filter((letter) => /\p{L}|\p{N}/u.test(letter))
    .slice(0, 2)
    .join('')
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img" aria-label="${shown}"><rect width="96" height="96" fill="${groundOf(shown)}"/><text x="48" y="50" fill="#fff" font-family="system-ui, sans-serif" font-size="36" font-weight="600" text-anchor="middle" dominant-baseline="central">${shown}</text></svg>
`.toString()
}
