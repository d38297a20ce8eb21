/** `selvage migrate`: brings the database up to date. */
import { defineCommand } from 'citty'
import { readConfig } from '../config.ts'
import { migrate, openDatabase, schemaState } from '../db/open.ts'

export default defineCommand({
  meta: {
    name: 'migrate',
    description: 'Bring the database up to date. Safe to run anywhere, any number of times at once: it takes a lock.',
  },
  args: {
    database: { type: 'string', description: 'Instead of SELVAGE_DATABASE_URL', valueHint: 'url' },
    check: { type: 'boolean', description: 'Only say what is pending; exit 1 if something is', default: false },
    json: { type: 'boolean', description: 'Print JSON', default: false },
  },
  async run({ args }) {
    const config = readConfig(process.env)
    const db = openDatabase({ url: args.database ?? config.databaseUrl, powerLossSafe: true, connections: 2 })
    try {
      const applied = args.check ? [] : await migrate(db)
      const state = await schemaState(db)
      if (args.json) console.log(JSON.stringify({ applied_now: applied, ...state }))
      else if (state.pending.length > 0) console.log(`Pending: ${state.pending.join(', ')}`)
      else console.log(applied.length === 0 ? 'Up to date.' : `Applied ${applied.join(', ')}.`)
      if (state.pending.length > 0) process.exitCode = 1
    } finally {
      await db.close()
    }
  },
})
