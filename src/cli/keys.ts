/** `selvage keys …`: the master key and the signing keys (docs/keys.md). */
import { defineCommand } from 'citty'
import type { App } from '../app.ts'
import { newMasterKey } from '../crypto/seal.ts'
import { projectIds } from '../projects/apply-store.ts'
import { CommandFailure } from './failure.ts'
import { openForOperator } from './operator.ts'
import { abandonLost, type Resealed, reseal, sealedPlaces } from './sealed-store.ts'

const database = { type: 'string', description: 'Instead of SELVAGE_DATABASE_URL', valueHint: 'url' } as const
const json = { type: 'boolean', description: 'Print JSON', default: false } as const

async function withApp<T>(url: string | undefined, work: (app: App) => Promise<T>): Promise<T> {
  const app = await openForOperator(url)
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}

const generate = defineCommand({
  meta: { name: 'generate', description: 'Print a new master key. Keep it where it is not lost and not found.' },
  run: () => console.log(newMasterKey()),
})

const rotate = defineCommand({
  meta: {
    name: 'rotate',
    description:
      'Let the next signing key of a project sign from now on. Tokens of the old one stay valid; with --compromised they are refused at once.',
  },
  args: {
    project: { type: 'string', description: 'Project ID', required: true, valueHint: 'id' },
    compromised: { type: 'boolean', description: 'The key has leaked: withdraw it', default: false },
    database,
    json,
  },
  run: ({ args }) =>
    withApp(args.database, async (app) => {
      if (!(await app.projects.byId(args.project))) throw new CommandFailure(`There is no project ${args.project}.`)
      const { keyId } = await app.keys.rotate(args.project, { compromised: args.compromised })
      if (args.json) return console.log(JSON.stringify({ project_id: args.project, signing_key: keyId }))
      console.log(`${keyId} signs for ${args.project} now. Running servers follow within a minute.`)
    }),
})

const list = defineCommand({
  meta: { name: 'list', description: 'List the published signing keys of every project; the first one signs.' },
  args: { database, json },
  run: ({ args }) =>
    withApp(args.database, async ({ db, keys }) => {
      const rows = []
      for (const id of await projectIds(db)) {
        rows.push({ project_id: id, keys: (await keys.published(id)).map(({ kid }) => kid) })
      }
      if (args.json) return console.log(JSON.stringify(rows))
      for (const row of rows) console.log([row.project_id, ...row.keys.map((kid) => `  ${kid}`)].join('\n'))
    }),
})

const resealCommand = defineCommand({
  meta: {
    name: 'reseal',
    description:
      'Seal everything under SELVAGE_MASTER_KEY that is still sealed under a key of SELVAGE_MASTER_KEY_PREVIOUS. Servers may run meanwhile, with both set.',
  },
  args: { database, json },
  run: ({ args }) =>
    withApp(args.database, async ({ db, sealer }) => {
      const results: Resealed[] = []
      for (const place of sealedPlaces) {
        const progress = (count: number) => process.stderr.isTTY && process.stderr.write(`\r${place.name}: ${count}`)
        results.push(await reseal(db, sealer, place, progress))
        if (process.stderr.isTTY) process.stderr.write('\n')
      }
      if (args.json) console.log(JSON.stringify(results))
      else
        for (const { place, moved, lost } of results)
          console.log(`${place}: ${moved} moved${lost ? `, ${lost} do not open` : ''}`)
      if (results.some(({ lost }) => lost > 0)) {
        throw new CommandFailure(
          'Some texts open under no configured key. Add that key to SELVAGE_MASTER_KEY_PREVIOUS, or see docs/keys.md.',
        )
      }
    }),
})

const reset = defineCommand({
  meta: {
    name: 'reset',
    description:
      'After a lost master key: give up signing keys and provider credentials that no longer open. New signing keys are made; credentials come with the next "selvage apply".',
  },
  args: { yes: { type: 'boolean', description: 'Do it', default: false }, database, json },
  run: ({ args }) =>
    withApp(args.database, async ({ db, sealer }) => {
      if (!args.yes) {
        throw new CommandFailure('This cannot be undone. Read docs/keys.md, then repeat it with --yes.', 2)
      }
      const { signingKeys, providers } = await abandonLost(db, sealer)
      if (args.json) return console.log(JSON.stringify({ signing_keys: signingKeys, providers }))
      console.log(`Gave up ${signingKeys} signing keys and the credentials of ${providers.length} providers.`)
      for (const provider of providers) console.log(`  ${provider}: run "selvage apply" to set them again`)
    }),
})

export default defineCommand({
  meta: { name: 'keys', description: 'The master key and the signing keys.' },
  subCommands: { generate, list, rotate, reseal: resealCommand, reset },
})
