/**
 * What the floor is made of: prepared SQL on either database with group commit on SQLite, one signature, one seal, and
 * nothing else.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hash,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import pg from 'pg'
import type { Seeded } from './seed.ts'

const [, , url = '', seedFile = '', durable = ''] = process.argv
export const seeded: Seeded = JSON.parse(readFileSync(seedFile, 'utf8'))
const key = createPrivateKey(seeded.privateKeyPem)
export const publicKey = createPublicKey(key)
const aesKey = createSecretKey(Buffer.from(seeded.masterKey, 'base64'))
const keyId = hash('sha256', Buffer.from(seeded.masterKey, 'base64'), 'base64url').slice(0, 8)
const jwtHeader = Buffer.from(JSON.stringify({ alg: 'RS256', kid: seeded.keyId, typ: 'JWT' })).toString('base64url')
export const sha = (text: string) => hash('sha256', text, 'base64url')
/** Compared in constant time, as ours: that is part of the work. */
export const sameHash = (one: string, other: unknown) => timingSafeEqual(Buffer.from(one), Buffer.from(String(other)))
export const time = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`

export type Row = Record<string, string | number>
export interface Store {
  first(sql: string, values: readonly (string | number)[]): Promise<Row | undefined>
  write(statements: readonly (readonly [string, readonly (string | number | null)[]])[]): Promise<number>
}

function sqlite(path: string): Store {
  const db = new DatabaseSync(path)
  db.exec(`pragma journal_mode = wal; pragma synchronous = ${durable}; pragma cache_size = -32000`)
  const reader = new DatabaseSync(path, { readOnly: true })
  const prepared = new Map<string, StatementSync>()
  const on = (base: DatabaseSync, sql: string) => {
    const name = (base === db ? 'w' : 'r') + sql
    const statement = prepared.get(name) ?? base.prepare(sql.replace(/\$(\d+)/g, '?$1'))
    prepared.set(name, statement)
    return statement
  }
  let waiting: (() => void)[] = []
  let open = false
  return {
    first: async (sql, values) => on(reader, sql).get(...values) as Row | undefined,
    write: (statements) =>
      new Promise((resolve) => {
        if (!open) {
          on(db, 'begin immediate').run()
          open = true
          setImmediate(() => {
            on(db, 'commit').run()
            open = false
            const done = waiting
            waiting = []
            for (const one of done) one()
          })
        }
        let changes = 0
        for (const [sql, values] of statements) changes += Number(on(db, sql).run(...values).changes)
        waiting.push(() => resolve(changes))
      }),
  }
}

function postgres(connectionString: string): Store {
  const pool = new pg.Pool({ connectionString, max: 20 })
  const names = new Map<string, string>()
  const config = (text: string, values: readonly unknown[]) => {
    const name = names.get(text) ?? `f${names.size}`
    names.set(text, name)
    return { name, text, values: [...values] }
  }
  return {
    first: async (sql, values) => (await pool.query(config(sql, values))).rows[0],
    async write(statements) {
      if (statements.length === 1 && statements[0]) return (await pool.query(config(...statements[0]))).rowCount ?? 0
      const client = await pool.connect()
      await client.query('begin')
      let changes = 0
      for (const statement of statements) changes += (await client.query(config(...statement))).rowCount ?? 0
      await client.query('commit')
      client.release()
      return changes
    },
  }
}

pg.types.setTypeParser(20, Number)
export const isPostgres = url.startsWith('postgres')
export const store = isPostgres ? postgres(url) : sqlite(url)

/** Signs claims, once, on the thread pool. */
export function signed(claims: object): Promise<string> {
  const input = `${jwtHeader}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  return new Promise((resolve, reject) =>
    sign('RSA-SHA256', Buffer.from(input), key, (error, made) =>
      error ? reject(error) : resolve(`${input}.${made.toString('base64url')}`),
    ),
  )
}

/** Tokens whose signature was verified once: like ours, the floor does not compute that again. */
const foundGood = new Set<string>()

/** The claims of a token that this server has signed. */
export function verified(token: string) {
  const [head = '', payload = '', signature = ''] = token.split('.')
  const digest = sha(token)
  if (!foundGood.has(digest)) {
    if (!verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), publicKey, Buffer.from(signature, 'base64url')))
      throw new Error('signature')
    foundGood.add(digest)
  }
  return JSON.parse(Buffer.from(payload, 'base64url').toString())
}

export function seal(text: string, purpose: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', aesKey, nonce)
  cipher.setAAD(Buffer.from(purpose))
  return `s1.${keyId}.${Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')}`
}

export function open(sealed: string, purpose: string): string {
  const bytes = Buffer.from(sealed.split('.')[2] ?? '', 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', aesKey, bytes.subarray(0, 12))
  decipher.setAAD(Buffer.from(purpose))
  decipher.setAuthTag(bytes.subarray(-16))
  return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
}

export const token = () => randomBytes(33).toString('base64url')
