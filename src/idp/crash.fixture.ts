/**
 * A server of its own for the crash test: refreshes once, and is gone the moment that the rotation has been committed, before
 * anybody is answered. `DATABASE_URL CLIENT_ID REFRESH_TOKEN TIME`.
 */
import { openApp } from '../app.ts'

const [, , url = '', client_id = '', refresh_token = '', time = ''] = process.argv
const app = await openApp({
  database: { url, powerLossSafe: false, connections: 2 },
  migrate: false,
  masterKey: Buffer.alloc(32, 7).toString('base64'),
  previousMasterKeys: [],
  trustedProxies: [],
  log: { level: 'silent' },
  strict: false,
  profile: 'dev',
  now: () => new Date(time),
})
const { db } = app
const commit = db.transaction.bind(db)
db.transaction = async (work) => {
  await commit(work)
  process.kill(process.pid, 'SIGKILL')
  // Death is not instant.
  return new Promise(() => {})
}
await app.http.inject({
  method: 'POST',
  url: '/v1/oauth2/token',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  payload: new URLSearchParams({ grant_type: 'refresh_token', client_id, refresh_token }).toString(),
})
