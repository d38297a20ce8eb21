/**
 * A process of its own for the race and crash tests. `redeem URL N`: N parallel attempts to take one row, prints how many
 * succeeded. `write URL`: writes rows without end and prints the id of each once it is acknowledged.
 */
import { openDatabase, writing } from './open.ts'

const [, , task, url = '', count = '0'] = process.argv
const db = openDatabase({ url, powerLossSafe: true, connections: 20 })

if (task === 'redeem') {
  const take = writing(
    'race_take',
    'update oauth_attach_tokens set consumed_at = 1 where token_hash = $1 and consumed_at is null',
  )
  // Both processes begin when both are there.
  process.stdout.write('ready\n')
  await new Promise((resolve) => process.stdin.once('data', resolve))
  const taken = await Promise.all(Array.from({ length: Number(count) }, () => db.run(take, ['one'])))
  process.stdout.write(`${taken.filter((changed) => changed === 1).length}\n`)
  await db.close()
  process.exit(0)
}

const insert = writing(
  'race_insert',
  `insert into projects (project_id, name, environment, oauth_callback_id, settings, created_at) values ($1, 'x', 'test', $1, '{}', 0)`,
)
for (let at = 0; ; at++) {
  const ids = Array.from({ length: 20 }, (_, n) => `p${at}-${n}`)
  await Promise.all(ids.map((id) => db.run(insert, [id])))
  process.stdout.write(`${ids.join('\n')}\n`)
}
