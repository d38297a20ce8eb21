/** The documents of `docs/`, each loaded when somebody opens it. */

export interface Document {
  readonly title: string
  /** Made from our own files when the page is bundled. */
  readonly html: string
  readonly headings: readonly { readonly anchor: string; readonly text: string }[]
}

const files = import.meta.glob<Document>(['../../docs/guides/*.md', '../../docs/*.md'])

const loaders = new Map(
  Object.entries(files).map(([path, load]) => [path.slice(path.lastIndexOf('/') + 1, -'.md'.length), load]),
)

/** By the name of its file, e.g. `getting-started`; `undefined` if there is none. */
export const documentNamed = (name: string): Promise<Document> | undefined => loaders.get(name)?.()
