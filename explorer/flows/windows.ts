/**
 * Windows that come back: a login or consent in a window of its own, which ends at our landing page, which tells us with what.
 * Landing pages speak to our own origin only, through the opener or, where a provider cuts that tie, a channel of the origin.
 */
import { signal } from '@preact/signals'
import { Abandoned } from './run.ts'

export interface Waiting {
  readonly url: string
  /** The browser opened no window: the reader has to press a link. */
  readonly isBlocked: boolean
}

/** What is waited for. */
export const waiting = signal<Waiting | undefined>(undefined)

const channelName = 'selvage landed'

interface Landed {
  readonly kind: typeof channelName
  readonly query: string
}

const isLanded = (data: unknown): data is Landed =>
  typeof data === 'object' && data !== null && Reflect.get(data, 'kind') === channelName

let abandon = (): void => {}

/** Gives up the window that is waited for, if any. */
export const abandonWindow = (): void => abandon()

/** Resolves to the query of the landing page; rejects with `Abandoned`. */
export function visitInWindow(url: string): Promise<URLSearchParams> {
  abandonWindow()
  return new Promise((resolve, reject) => {
    const channel = new BroadcastChannel(channelName)
    const hear = ({ data, origin }: MessageEvent<unknown>) => {
      if (origin !== location.origin || !isLanded(data)) return
      end()
      resolve(new URLSearchParams(data.query))
    }
    const end = () => {
      removeEventListener('message', hear)
      channel.close()
      waiting.value = undefined
      abandon = () => {}
    }
    abandon = () => {
      end()
      reject(new Abandoned())
    }
    addEventListener('message', hear)
    channel.addEventListener('message', hear)
    waiting.value = { url, isBlocked: !openWindow(url) }
  })
}

/** `false` if the browser blocked it. */
export const openWindow = (url: string): boolean => open(url, 'selvage-flow', 'popup,width=560,height=760') !== null

/** On the landing page: tells who waits, and forgets the query, which may hold a token. */
export function tellLanding(): void {
  const landed: Landed = { kind: channelName, query: location.search }
  history.replaceState(null, '', location.pathname)
  if (landed.query === '') return
  const opener: Window | null = window.opener
  if (opener) opener.postMessage(landed, location.origin)
  const channel = new BroadcastChannel(channelName)
  channel.postMessage(landed)
  channel.close()
  close()
}
