/**
 * Where a login returns to that a page of this server began: a path of ours, which no project registers and no request can
 * name. Pure.
 */

/** Stands where other logins have a redirect URL. Not `scheme://`, so it equals no URL that could be registered. */
const mark = 'own-page:'

/** `path` with its query, as it is kept with the login. */
export const toOwnPage = (path: `/${string}`): string => mark + path

/** The page, if this is where the login returns to. */
export const ownPage = (kept: string, baseUrl: string): URL | undefined =>
  kept.startsWith(mark) ? new URL(kept.slice(mark.length), baseUrl) : undefined
