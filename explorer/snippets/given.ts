/** What a snippet sends: the values of the form, with secrets and the project's own names taken from the environment. */
import type { CataloguedOperation } from '../../src/reference/catalogue-type.ts'
import type { Json, Values } from '../request/draft.ts'

/** An environment variable that stands in place of a value, so that no snippet holds a secret. */
export class Variable {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

export type Given = Readonly<Record<string, Json | Variable>>

/** Fields that name the reader's own project: an example's value would lead to somebody else's. */
const ofProject: Readonly<Record<string, string>> = {
  project_id: 'STYTCH_PROJECT_ID',
  public_token: 'STYTCH_PUBLIC_TOKEN',
}

/** Fields that hold a secret of the reader's app. */
const secrets: Readonly<Record<string, string>> = { client_secret: 'CLIENT_SECRET' }

/**
 * The fields to send, wire names. A project's own name is a variable unless one was typed in; a secret always is.
 */
export function givenOf({ input, example }: CataloguedOperation, values: Values): Given {
  const given: Record<string, Json | Variable> = {}
  for (const [field, value] of Object.entries(values)) {
    const own = value === example?.input[field] ? ofProject[field] : undefined
    const variable = own ?? secrets[field]
    given[field] = variable === undefined ? value : new Variable(variable)
  }
  for (const [field, variable] of Object.entries(ofProject)) {
    if (Object.hasOwn(input.properties, field)) given[field] ??= new Variable(variable)
  }
  return given
}
