/** Documents made from the list of operations, kept once they are made. */
import type { Api } from '../kernel/endpoint.ts'
import { openApiDocument } from '../kernel/openapi.ts'
import { errorsPage } from './errors-page.ts'

export class Reference {
  readonly #api: Api
  readonly #version: string
  readonly #openApi = new Map<string, string>()
  #errors: string | undefined

  constructor(api: Api, version: string) {
    this.#api = api
    this.#version = version
  }

  /** JSON text. The base URL is configuration and hardly changes; only while the port is not known yet. */
  openApi(baseUrl: string): string {
    const known = this.#openApi.get(baseUrl)
    if (known) return known
    const made = JSON.stringify(openApiDocument(this.#api, { baseUrl, version: this.#version }))
    this.#openApi.set(baseUrl, made)
    return made
  }

  /** HTML text. */
  errors(): string {
    this.#errors ??= errorsPage(this.#api)
    return this.#errors
  }
}

declare module '../kernel/endpoint.ts' {
  interface Context {
    readonly reference: Reference
  }
}
