/**
 * `GET /reference`: the page on which people read, try and copy every operation. Its script and style are files of ours beside
 * the compiled server; nothing comes from another host.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { document, html } from '../kernel/html.ts'
import { page, type Reply } from '../kernel/reply.ts'
import { compressed } from './compressed.ts'
import { assetNotFound } from './errors.ts'

const record = { method: 'GET', auth: 'none', output: z.object({}) } as const

/** The same path from `src/reference/` and from `dist/reference/`. */
const folder = new URL('../../dist/reference/explorer/', import.meta.url).pathname

/** All of it is ours and same-origin; nothing inline runs. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

const shell = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>API reference</title>
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><link rel="stylesheet" href="/reference/assets/style.css">
<script type="module" src="/reference/assets/main.js"></script></head>
<body><div id="page"></div>
<noscript><p>This page needs JavaScript. Without it: <a href="/openapi.json">the OpenAPI document</a> and <a href="/docs/errors">what each error means</a>.</p></noscript></body>
</html>
`.toString()

/** Only in a clone whose scripts were not run; the package brings the bundle. */
const notBuilt = document({
  title: 'The reference is not built',
  content: html`<div class="card"><h1>The reference is not built yet</h1><p>Run <code>npm run build</code>, then load this page again.</p></div>`,
})

function explorerPage(): Reply {
  if (!existsSync(join(folder, 'main.js'))) return page(notBuilt, 503)
  return page(shell, 200, { 'content-security-policy': policy, 'cache-control': 'no-cache' })
}

export const getExplorer = endpoint({
  ...record,
  path: '/reference',
  browser: true,
  summary: 'Open the API reference',
  description: 'The page on which every operation can be read, tried and copied.',
  errors: [],
  input: z.object({}),
  produces: 'text/html; charset=utf-8',
  handle: () => explorerPage(),
})

export const getExplorerAt = endpoint({
  ...record,
  path: '/reference/{place}',
  browser: true,
  summary: 'Open the API reference at one operation',
  description: 'The same page, at the operation of that name, e.g. `oauth.authenticate`.',
  errors: [],
  input: z.object({ place: z.string().describe('Name of an operation.') }),
  produces: 'text/html; charset=utf-8',
  handle: () => explorerPage(),
})

export const getExplorerPart = endpoint({
  ...record,
  path: '/reference/{chapter}/{place}',
  browser: true,
  summary: 'Open a guided flow or a guide of the API reference',
  description: 'The same page, at a flow (`flows`) or a guide (`guides`).',
  errors: [],
  input: z.object({ chapter: z.enum(['flows', 'guides']), place: z.string().describe('Name of the flow or guide.') }),
  produces: 'text/html; charset=utf-8',
  handle: () => explorerPage(),
})

export const getCatalogue = endpoint({
  ...record,
  path: '/reference/catalogue.json',
  summary: 'Get the catalogue of all operations',
  description: 'What the page is made of: operations with schemas and examples, and errors with cause and fix.',
  errors: [],
  input: z.object({}),
  produces: 'application/json; charset=utf-8',
  handle: (_input, { reference, baseUrl, http }) =>
    compressed(reference.catalogue(baseUrl), 'application/json; charset=utf-8', http),
})

const mediaTypes: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

/** A file of the bundle as it was read last, and when it had been written. */
const files = new Map<string, { readonly writtenAt: number; readonly body: Buffer }>()

/** Read again only if it was written anew, as while somebody works on the page. */
function fileOf(name: string): Buffer | undefined {
  const path = join(folder, name)
  const writtenAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  if (writtenAt === undefined) return undefined
  const known = files.get(name)
  if (known?.writtenAt === writtenAt) return known.body
  const body = readFileSync(path)
  files.set(name, { writtenAt, body })
  return body
}

export const getExplorerAsset = endpoint({
  ...record,
  path: '/reference/assets/{file}',
  summary: 'Get a script or style of the reference',
  description: 'Revalidated with its ETag, so that a new version of the server is seen at once.',
  errors: [assetNotFound],
  input: z.object({ file: z.string() }),
  produces: 'text/javascript; charset=utf-8',
  handle({ file }, { http }) {
    const mediaType = /^[\w.-]+\.(js|css)$/.test(file) ? mediaTypes[file.slice(file.lastIndexOf('.') + 1)] : undefined
    const body = mediaType === undefined ? undefined : fileOf(file)
    if (mediaType === undefined || body === undefined) throw assetNotFound()
    return compressed(body, mediaType, http)
  },
})
