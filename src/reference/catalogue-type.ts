/** What the page at `/reference` is made of, as it travels: `GET /reference/catalogue.json`. Types only. */

/** A part of JSON Schema 2020-12, as far as our schemas use it. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly propertyNames?: Schema
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly format?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
}

export interface ObjectSchema extends Schema {
  readonly properties: Readonly<Record<string, Schema>>
}

export interface CataloguedError {
  readonly status: number
  readonly message: string
  readonly cause: string
  readonly fix: string
  /** What OAuth clients read. */
  readonly oauth?: string
}

export interface CataloguedOperation {
  /** Its place in the list, e.g. `oauth.attach`; part of its address. */
  readonly name: string
  /** As generated clients call it, e.g. `apiOauthV1Attach`. */
  readonly flatName: string
  readonly contractId?: string
  /** Which product of the list it belongs to. */
  readonly product: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly auth: 'none' | 'project' | 'public_token' | 'frontend' | 'operator' | 'operator_bearer'
  /**
   * `call`: JSON, which the gateway can send. `page`: opened by a browser. `document`: a body of another media type. `gateway`:
   * JSON of the gateway itself, which it does not send.
   */
  readonly kind: 'call' | 'page' | 'document' | 'gateway'
  /** Failures carry the members of RFC 6749 §5.2 too, and the body may be a form. */
  readonly isOAuth: boolean
  /** Of a success. */
  readonly status: number
  /** A success has the members of `output` alone, not those of the envelope. */
  readonly isBare: boolean
  /** The members of a success stand in `data`. */
  readonly isWrapped: boolean
  readonly summary: string
  readonly description: string
  readonly input: ObjectSchema
  /** Where each field of the input travels. */
  readonly places: Readonly<Record<string, 'path' | 'query' | 'body'>>
  readonly exactlyOne: readonly (readonly string[])[]
  readonly output: ObjectSchema
  /** Names of errors, its own first. */
  readonly errors: readonly string[]
  readonly example?: {
    readonly input: Readonly<Record<string, unknown>>
    readonly output?: Readonly<Record<string, unknown>>
  }
}

export interface Product {
  readonly id: string
  readonly title: string
  readonly description: string
}

export interface Catalogue {
  readonly version: string
  readonly baseUrl: string
  /** In reading order; those of which this server has operations. */
  readonly products: readonly Product[]
  readonly operations: readonly CataloguedOperation[]
  readonly errors: Readonly<Record<string, CataloguedError>>
}
