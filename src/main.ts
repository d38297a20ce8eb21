/** The command line. Each command is a file in `cli/`, loaded when it is called. */
import { type ArgsDef, type CommandDef, defineCommand, renderUsage, runCommand } from 'citty'
import { CommandFailure, reportFailure } from './cli/failure.ts'
import { settingsHelp } from './config.ts'
import { version } from './version.ts'

const main = defineCommand({
  meta: {
    name: 'selvage',
    version,
    description:
      'A server that speaks the Stytch Consumer API: social login, users and sessions, in your own database.',
  },
  subCommands: {
    dev: () => import('./cli/dev.ts').then((module) => module.default),
    serve: () => import('./cli/serve.ts').then((module) => module.default),
    apply: () => import('./cli/apply.ts').then((module) => module.default),
    migrate: () => import('./cli/migrate.ts').then((module) => module.default),
    keys: () => import('./cli/keys.ts').then((module) => module.default),
    oauth: () => import('./cli/oauth.ts').then((module) => module.default),
    doctor: () => import('./cli/doctor.ts').then((module) => module.default),
    openapi: () => import('./cli/openapi.ts').then((module) => module.default),
  },
})

interface Called {
  readonly command: CommandDef
  readonly parent: CommandDef | undefined
  /** What follows the command's name. */
  readonly rest: readonly string[]
}

const resolved = async <T>(value: T | Promise<T> | (() => T | Promise<T>)): Promise<T> =>
  typeof value === 'function' ? (value as () => T | Promise<T>)() : value

/** Follows the names of commands: `keys rotate --project …` is the command `rotate` of `keys`. */
async function called(command: CommandDef, rest: readonly string[], parent?: CommandDef): Promise<Called> {
  const subCommands = (await resolved(command.subCommands)) ?? {}
  const [name] = rest
  if (name === undefined || name.startsWith('-') || Object.keys(subCommands).length === 0)
    return { command, parent, rest }
  const found = Object.hasOwn(subCommands, name) ? subCommands[name] : undefined
  if (!found) {
    throw new CommandFailure(`There is no command "${name}". One of: ${Object.keys(subCommands).join(', ')}.`, 2)
  }
  return called(await resolved(found), rest.slice(1), command)
}

/** Refuses options that the command does not have: a misspelt one would otherwise be ignored in silence. */
async function refuseUnknown({ command, rest }: Called): Promise<void> {
  const args: ArgsDef = (await resolved(command.args)) ?? {}
  const names = new Set(Object.keys(args))
  for (const argument of rest) {
    const [, name] = /^--(?:no-)?([a-z-]+)/.exec(argument) ?? []
    if (name === undefined || names.has(name)) continue
    const known = [...names].map((one) => `--${one}`).join(', ') || 'none'
    throw new CommandFailure(`There is no option --${name} here. Known: ${known}.`, 2)
  }
  const missing = Object.entries(args).find(
    ([name, one]) => one.required && !isGiven(name, one.type === 'positional', rest),
  )
  if (missing) throw new CommandFailure(`${missing[0]} is missing: ${missing[1].description}. See --help.`, 2)
}

const isGiven = (name: string, isPositional: boolean, rest: readonly string[]): boolean =>
  rest.some((argument) => (isPositional ? !argument.startsWith('-') : argument.startsWith(`--${name}`)))

async function help({ command, parent }: Called): Promise<string> {
  const { name } = (await resolved(command.meta)) ?? {}
  const usage = await renderUsage(command, parent)
  if (name === 'attempts') return `${usage}\n${(await import('./cli/oauth.ts')).attemptsHelp}`
  if (name !== 'selvage' && name !== 'serve') return usage
  return `${usage}\nSETTINGS, from the environment\n\n${settingsHelp()}\n`
}

try {
  const call = await called(main, process.argv.slice(2))
  const asks = (...flags: readonly string[]) => call.rest.some((argument) => flags.includes(argument))
  if (asks('--help', '-h')) console.log(await help(call))
  else if (call.command === main) {
    if (asks('--version', '-v')) console.log(version)
    else {
      console.log(await help(call))
      process.exitCode = 2
    }
  } else {
    await refuseUnknown(call)
    await runCommand(call.command, { rawArgs: [...call.rest] })
  }
} catch (error) {
  process.exit(reportFailure(error))
}
