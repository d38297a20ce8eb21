/**
 * Answers that are not the plain JSON envelope: redirects, pages, and bodies with headers of their own. A handler
 * returns either its output object or one of these.
 */

export interface Reply {
  readonly reply: 'json' | 'redirect' | 'page'
  readonly status: number
  /** Lower-case names. `set-cookie` may repeat, hence the arrays. */
  readonly headers: Readonly<Record<string, string | string[]>>
  /** JSON members to be wrapped in the envelope, or the text of a page. */
  readonly body: Readonly<Record<string, unknown>> | string
}

type Headers = Reply['headers']

/** The output with extra response headers, e.g. for caching. */
export const json = (body: Readonly<Record<string, unknown>>, headers: Headers, status = 200): Reply => ({
  reply: 'json',
  status,
  headers,
  body,
})

/**
 * A browser redirect. The body repeats the target as `redirect_url` for programs that do not follow it.
 * `location` must be a serialised URL (`URL.href`): a raw string could carry line breaks into the header.
 */
export const redirect = (location: URL, headers: Headers = {}, status: 302 | 303 = 302): Reply => ({
  reply: 'redirect',
  status,
  headers: { ...headers, location: location.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  body: { redirect_url: location.href },
})

/**
 * Headers of every page that a person sees: no script at all, no framing (clickjacked consent, RFC 9700 §4.16), no
 * referrer that could carry a token to another site.
 */
const pageHeaders: Headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action *; frame-ancestors 'none'; base-uri 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** A finished page, made by the `html` tag of `html.ts`. */
export const page = (html: string, status = 200, headers: Headers = {}): Reply => ({
  reply: 'page',
  status,
  headers: { ...pageHeaders, ...headers },
  body: html,
})

export const isReply = (value: object): value is Reply => 'reply' in value && 'headers' in value && 'body' in value
