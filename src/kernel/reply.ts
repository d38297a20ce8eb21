/**
 * Answers that are not the plain JSON envelope: redirects, pages, and bodies with headers of their own. A handler
 * returns either its output object or one of these.
 */

export interface Reply {
  readonly reply: 'json' | 'redirect' | 'page' | 'text'
  readonly status: number
  /** Lower-case names. `set-cookie` may repeat, hence the arrays. */
  readonly headers: Readonly<Record<string, string | string[]>>
  /** JSON members to be wrapped in the envelope, or a text or bytes that are sent as they are. */
  readonly body: Readonly<Record<string, unknown>> | string | Uint8Array
}

type Headers = Reply['headers']

/** The output with extra response headers, e.g. for caching. */
export const json = (body: Readonly<Record<string, unknown>>, headers: Headers = {}, status = 200): Reply => ({
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

/** A body outside our envelope, for answers whose shape others prescribe: key sets, metrics, a provider's own words. */
export const text = (body: string | Uint8Array, contentType: string, headers: Headers = {}, status = 200): Reply => ({
  reply: 'text',
  status,
  headers: {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
    'content-type': contentType,
  },
  body,
})

/**
 * The policy of every page: no script at all, no framing (clickjacked consent, RFC 9700 §4.16). `formAction` says where
 * its forms may lead, every redirect that follows included; most pages have none.
 */
export const pagePolicy = (formAction = "'none'"): string =>
  `default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`

/** Headers of every page that a person sees; no referrer, which could carry a token to another site. */
const pageHeaders: Headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': pagePolicy(),
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
