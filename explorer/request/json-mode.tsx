/** The whole input as JSON. What reads goes into the draft at once; what does not is explained, and the draft stays as it was. */
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { CataloguedOperation } from '../catalogue.ts'
import { draftOf, type Values } from './draft.ts'
import { readJson } from './json-text.ts'

export function JsonMode({ operation }: { readonly operation: CataloguedOperation }) {
  const draft = draftOf(operation.name)
  const typed = useSignal<string | undefined>(undefined)
  const known = useRef(draft.value)
  // The example, a replay or a received value came in: that counts more than what stood here.
  if (known.current !== draft.value) {
    known.current = draft.value
    typed.value = undefined
  }
  const text = typed.value ?? JSON.stringify(draft.value, null, 2)
  const problem = typed.value === undefined ? undefined : problemIn(typed.value)
  return (
    <div class="field">
      <label for="try-json">Input as JSON</label>
      <textarea
        id="try-json"
        class="json-input"
        rows={Math.min(Math.max(text.split('\n').length + 1, 8), 24)}
        value={text}
        spellcheck={false}
        autocomplete="off"
        aria-describedby="try-json-hint try-json-problem"
        aria-invalid={problem !== undefined}
        onInput={({ currentTarget }) => {
          typed.value = currentTarget.value
          const read = readValues(currentTarget.value)
          if (!read) return
          known.current = read
          draft.value = read
        }}
        onBlur={() => {
          if (problem === undefined) typed.value = undefined
        }}
      />
      <div id="try-json-problem" class="problem" role="status">
        {problem}
      </div>
      <p id="try-json-hint" class="hint">
        The fields by their names on the wire. An empty text in quotes is sent; a field that is left out is not.
        {problem !== undefined && ' Until it reads as JSON, the last input that did is the one that is sent.'}
      </p>
    </div>
  )
}

function readValues(text: string): Values | undefined {
  if (text.trim() === '') return {}
  const read = readJson(text)
  return read.ok && isObject(read.value) ? read.value : undefined
}

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function problemIn(text: string): string | undefined {
  if (readValues(text)) return undefined
  const read = readJson(text)
  if (read.ok) return 'It has to be an object: fields in braces, like {"user_id": "…"}.'
  return `Line ${read.line}, column ${read.column}: ${read.text}`
}
