/** The form of an operation: what is required first in sight, long optional lists folded. */
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { CataloguedOperation } from '../catalogue.ts'
import type { Problem } from './check.ts'
import { problemsIn } from './collection-control.tsx'
import { draftOf, type Json, setField } from './draft.ts'
import { FieldLine } from './field-line.tsx'
import { type Field, formOf, type Part } from './form-model.ts'
import { FieldOffers } from './offers.tsx'

export interface FormProps {
  readonly operation: CataloguedOperation
  readonly problems: readonly Problem[]
}

/** The ID of the control of a field; of a field inside another one its path, joined. */
export const controlId = (path: readonly string[]): string => `try-${path.join('-')}`

export function Form({ operation, problems }: FormProps) {
  const { shown, folded } = formOf(operation)
  const isOpen = useSignal(filledIn(operation, folded) > 0)
  if (shown.length === 0) return <p class="hint">It takes no input.</p>
  const filled = filledIn(operation, folded)
  return (
    <div class="stack">
      {shown.map((part) => (
        <PartOfForm key={keyOf(part)} part={part} operation={operation} problems={problems} />
      ))}
      {folded.length > 0 && (
        <details
          class="fold more-fields"
          open={isOpen.value}
          onToggle={({ currentTarget }) => {
            isOpen.value = currentTarget.open
          }}
        >
          <summary>
            {folded.length} more fields{filled > 0 && <span class="badge accent">{filled} filled in</span>}
          </summary>
          <div class="stack">
            {folded.map((part) => (
              <PartOfForm key={keyOf(part)} part={part} operation={operation} problems={problems} />
            ))}
          </div>
        </details>
      )}
      <UnknownFields operation={operation} />
    </div>
  )
}

const fieldsIn = (part: Part): readonly Field[] => (part.kind === 'field' ? [part.field] : part.fields)
const keyOf = (part: Part): string => fieldsIn(part)[0]?.name ?? ''

const filledIn = (operation: CataloguedOperation, parts: readonly Part[]): number =>
  parts.flatMap(fieldsIn).filter(({ name }) => name in draftOf(operation.name).value).length

function PartOfForm({ part, ...props }: FormProps & { readonly part: Part }) {
  return part.kind === 'field' ? (
    <TopField field={part.field} {...props} />
  ) : (
    <ExactlyOne fields={part.fields} {...props} />
  )
}

interface TopFieldProps extends FormProps {
  readonly field: Field
  readonly isNamed?: boolean
}

function TopField({ field, operation, problems, isNamed = false }: TopFieldProps) {
  const { name } = field
  const value = draftOf(operation.name).value[name]
  const change = (changed: Json | undefined) => setField(operation.name, name, changed)
  return (
    <FieldLine
      field={field}
      id={controlId([name])}
      value={value}
      onChange={change}
      problems={problemsIn(problems, [name])}
      path={[name]}
      isNamed={isNamed}
      offers={<FieldOffers operation={operation} field={name} value={value} onChange={change} />}
    />
  )
}

interface ExactlyOneProps extends FormProps {
  readonly fields: readonly Field[]
}

/** Choosing one takes the others out of the request; what stood in them comes back when they are chosen again. */
function ExactlyOne({ fields, operation, problems }: ExactlyOneProps) {
  const values = draftOf(operation.name).value
  const chosen = useSignal(fields[0]?.name ?? '')
  const put = useRef(new Map<string, Json>())
  const sent = fields.filter(({ name }) => name in values)
  const current = fields.find(({ name }) => name === (sent[0]?.name ?? chosen.value)) ?? fields[0]
  const choose = (next: string) => {
    for (const { name } of sent) {
      put.current.set(name, values[name] ?? null)
      setField(operation.name, name, undefined)
    }
    chosen.value = next
    const before = put.current.get(next)
    if (before !== undefined) setField(operation.name, next, before)
  }
  return (
    <fieldset class="field exactly-one">
      <legend>
        Exactly one of <span class="must">required</span>
      </legend>
      <div class="segments">
        {fields.map(({ name }) => (
          <label key={name}>
            <input
              type="radio"
              name={`one-of-${keyOf({ kind: 'exactlyOne', fields })}`}
              checked={name === current?.name}
              onChange={() => choose(name)}
            />
            <span>
              <code>{name}</code>
            </span>
          </label>
        ))}
      </div>
      {current && <TopField key={current.name} field={current} operation={operation} problems={problems} isNamed />}
    </fieldset>
  )
}

/** Fields that came in as JSON and that the form does not have: they are sent too, so they are shown. */
function UnknownFields({ operation }: Pick<FormProps, 'operation'>) {
  const { name, input } = operation
  const unknown = Object.keys(draftOf(name).value).filter((field) => !(field in input.properties))
  if (unknown.length === 0) return null
  return (
    <div class="notice warn">
      <p>Also sent, though the operation does not list it:</p>
      <ul class="plain">
        {unknown.map((field) => (
          <li key={field} class="row">
            <code>{field}</code>
            <button type="button" class="button small" onClick={() => setField(name, field, undefined)}>
              Leave it out<span class="visually-hidden">: {field}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
