/** A browser without a window: cookies, redirects and forms over real HTTP, for walking through a login in a test. */

export interface Visit {
  readonly url: URL
  readonly status: number
  readonly body: string
}

/** Redirects that are followed before something must be wrong. */
const mostRedirects = 12

export class TestBrowser {
  /** By origin, then by name. */
  readonly #cookies = new Map<string, Map<string, string>>()
  readonly #headers: Readonly<Record<string, string>>

  constructor(headers: Readonly<Record<string, string>> = {}) {
    this.#headers = headers
  }

  /** Opens a URL and follows redirects; stops in front of a URL for which `stopAt` is true, without opening it. */
  open(url: string | URL, stopAt: (url: URL) => boolean = isApp): Promise<Visit> {
    return this.#go(new URL(url), { method: 'GET' }, stopAt)
  }

  /** Submits a form. */
  post(
    url: string | URL,
    form: Readonly<Record<string, string>>,
    stopAt: (url: URL) => boolean = isApp,
  ): Promise<Visit> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return this.#go(new URL(url), { method: 'POST', headers, body: new URLSearchParams(form).toString() }, stopAt)
  }

  cookies(origin: string): ReadonlyMap<string, string> {
    return this.#cookies.get(new URL(origin).origin) ?? new Map()
  }

  async #go(url: URL, init: RequestInit, stopAt: (url: URL) => boolean): Promise<Visit> {
    let target = url
    let request = init
    for (let hop = 0; hop < mostRedirects; hop++) {
      const response = await fetch(target, {
        ...request,
        redirect: 'manual',
        headers: {
          ...this.#headers,
          ...(request.headers as Record<string, string>),
          cookie: this.#cookieHeader(target),
        },
      })
      this.#keep(target, response)
      const location = response.headers.get('location')
      const body = await response.text()
      const form = location === null ? formThatSubmitsItself(body) : undefined
      if (form) {
        target = new URL(form.action, target)
        if (stopAt(target)) return { url: target, status: response.status, body }
        const headers = { 'content-type': 'application/x-www-form-urlencoded' }
        request = { method: 'POST', headers, body: new URLSearchParams([...form.fields]).toString() }
        continue
      }
      if (location === null) return { url: target, status: response.status, body }
      target = new URL(location, target)
      if (stopAt(target)) return { url: target, status: response.status, body }
      request = { method: 'GET' }
    }
    throw new Error(`More than ${mostRedirects} redirects, the last to ${target}.`)
  }

  #cookieHeader(url: URL): string {
    return [...this.cookies(url.origin)].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  #keep(url: URL, response: Response): void {
    const jar = this.#cookies.get(url.origin) ?? new Map<string, string>()
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const equals = pair.indexOf('=')
      jar.set(pair.slice(0, equals), pair.slice(equals + 1))
    }
    this.#cookies.set(url.origin, jar)
  }
}

interface SelfSubmittingForm {
  readonly action: string
  readonly fields: readonly [string, string][]
}

/** What the script of a `form_post` page would send (OAuth 2.0 Form Post Response Mode). */
function formThatSubmitsItself(page: string): SelfSubmittingForm | undefined {
  const [, action, content = ''] =
    /<form method="post" action="([^"]+)" data-submits-itself>(.*?)<\/form>/s.exec(page) ?? []
  if (action === undefined) return undefined
  const inputs = content.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)
  return { action: unescaped(action), fields: [...inputs].map(([, name = '', value = '']) => [name, unescaped(value)]) }
}

const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }
const unescaped = (text: string): string =>
  text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => characters[name] ?? '')

/** The app's redirect URLs of the test project are served by nobody. */
const isApp = (url: URL): boolean => url.port === '3000' || !url.protocol.startsWith('http')
