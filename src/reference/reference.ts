/** Documents made from the list of operations, kept once they are made. */
import type { Api } from '../kernel/endpoint.ts'
import { openApiDocument } from '../kernel/openapi.ts'
import { catalogueOf } from './catalogue.ts'
import { errorsPage } from './errors-page.ts'

export class Reference {
  readonly #api: Api
  readonly #version: string
  readonly #documents = new Map<string, string>()
  readonly #catalogues = new Map<string, Buffer>()

  constructor(api: Api, version: string) {
    this.#api = api
    this.#version = version
  }

  /** JSON text. The base URL is configuration and hardly changes; only while the port is not known yet. */
  openApi(baseUrl: string): string {
    return this.#kept(`openapi ${baseUrl}`, () =>
      JSON.stringify(openApiDocument(this.#api, { baseUrl, version: this.#version })),
    )
  }

  /** JSON of a `Catalogue`, as bytes: always the same ones, so that they are compressed once. */
  catalogue(baseUrl: string): Buffer {
    const made =
      this.#catalogues.get(baseUrl) ??
      Buffer.from(JSON.stringify(catalogueOf(this.#api, { baseUrl, version: this.#version })))
    this.#catalogues.set(baseUrl, made)
    return made
  }

  /** HTML text. */
  errors(): string {
    return this.#kept('errors', () => errorsPage(this.#api))
  }

  #kept(name: string, make: () => string): string {
    const made = this.#documents.get(name) ?? make()
    this.#documents.set(name, made)
    return made
  }
}

declare module '../kernel/endpoint.ts' {
  interface Context {
    readonly reference: Reference
  }
}
