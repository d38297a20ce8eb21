/** What the server says about its operations, loaded once. */
import { computed, signal } from '@preact/signals'
import type { Catalogue, CataloguedOperation } from '../src/reference/catalogue-type.ts'

export type {
  Catalogue,
  CataloguedOperation,
  Schema,
} from '../src/reference/catalogue-type.ts'

/** `undefined` until it is there. */
export const catalogue = signal<Catalogue | undefined>(undefined)
/** Why it could not be loaded, for the reader. */
export const catalogueProblem = signal<string | undefined>(undefined)

const byName = computed(
  () => new Map((catalogue.value?.operations ?? []).map((operation) => [operation.name, operation])),
)

/** By dotted name; `undefined` if there is none, or the catalogue is not there yet. */
export const operationNamed = (name: string): CataloguedOperation | undefined => byName.value.get(name)

export async function loadCatalogue(): Promise<void> {
  try {
    const response = await fetch('/reference/catalogue.json')
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    catalogue.value = await response.json()
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'no connection'
    catalogueProblem.value = `The list of operations could not be loaded: ${reason}. Load the page again.`
  }
}
