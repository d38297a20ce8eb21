/** How a command fails: one line for what an operator can mend, a stack for what only we can. */
import { ConfigError } from '../config.ts'
import { SealError } from '../crypto/seal.ts'
import { SchemaError } from '../db/open.ts'
import { ProjectFileError } from '../projects/project-file-error.ts'

/** A failure whose message is all that needs to be said. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  /** 1: it did not work. 2: it was not called right. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

const expected = [CommandFailure, ConfigError, SealError, SchemaError, ProjectFileError]

/** Failures of the system whose own message lacks the next step. */
const advice: Readonly<Record<string, string>> = {
  EADDRINUSE: 'The port is taken. Choose another with --port, or --port 0 for any free one.',
  EACCES: 'This needs a permission that the process does not have.',
  ECONNREFUSED: 'The database does not answer. Check SELVAGE_DATABASE_URL and that it is running.',
  ENOENT: 'A file does not exist.',
}

/** Says why, on standard error, and gives the exit code. */
export function reportFailure(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = Object.hasOwn(advice, code) ? advice[code] : undefined
  if (expected.some((kind) => error instanceof kind)) console.error(`selvage: ${messageOf(error)}`)
  else if (known) console.error(`selvage: ${known} (${messageOf(error) || code})`)
  else console.error('selvage:', error)
  return error instanceof CommandFailure ? error.exitCode : 1
}

/** An `AggregateError` of a connection that was tried on several addresses has no words of its own. */
const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
