/** The sidebar, where there is no room for it beside the content: a drawer. */
import { signal } from '@preact/signals'

export const isMenuOpen = signal(false)
