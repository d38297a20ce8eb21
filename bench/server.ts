/** Our server as it ships, from `dist/`, in a process of its own. Prints its origin. */
import { readFileSync } from 'node:fs'
import type { Seeded } from './seed.ts'

// What ships is what is measured; the types come from the sources, so that nothing need be built to check them.
const built = new URL('../dist/app.js', import.meta.url).href
const { openApp }: typeof import('../src/app.ts') = await import(built)
const [, , url = '', seedFile = '', durable = ''] = process.argv
const { masterKey, idp }: Seeded = JSON.parse(readFileSync(seedFile, 'utf8'))
const app = await openApp({
  profile: 'serve',
  database: { url, powerLossSafe: durable === 'FULL', connections: 20 },
  migrate: true,
  masterKey,
  baseUrl: idp.issuer,
  previousMasterKeys: [],
  trustedProxies: [],
  // Lines are made as in production; only the disk is left out.
  log: { level: 'info', destination: { write: () => {} } },
  strict: false,
})
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.http.server.address()
console.log(`http://localhost:${typeof address === 'object' ? address?.port : 0}`)
process.on('SIGTERM', () => process.exit(0))
