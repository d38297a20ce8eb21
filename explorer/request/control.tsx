/** The control for one value, by the kind of its field. What it shows comes from the draft; what is typed goes there at once. */
import { useSignal } from '@preact/signals'
import type { TargetedInputEvent } from 'preact'
import { useRef } from 'preact/hooks'
import type { Problem } from './check.ts'
import { fromText, toText } from './coerce.ts'
import { GroupControl, ListControl, RecordControl, UnionControl } from './collection-control.tsx'
import type { Json } from './draft.ts'
import type { Field } from './form-model.ts'

export interface ControlProps<Kind extends Field = Field> {
  readonly field: Kind
  /** Of the control; its parts are named after it. */
  readonly id: string
  /** `undefined`: not sent. */
  readonly value: Json | undefined
  readonly onChange: (value: Json | undefined) => void
  /** Those of this value and of what is inside. */
  readonly problems: readonly Problem[]
  /** Path of this value. */
  readonly path: readonly string[]
  /** IDs of the words about it. */
  readonly describedBy?: string | undefined
  /** Its name, where no visible label names it. */
  readonly label?: string | undefined
  readonly placeholder?: string
}

export type Of<Kind extends Field['kind']> = ControlProps<Extract<Field, { kind: Kind }>>

export function Control(props: ControlProps) {
  const { field, value } = props
  if (!isShownBy(field, value)) return <TextControl {...props} field={{ ...field, kind: 'json' }} />
  switch (field.kind) {
    case 'boolean':
      return <BooleanControl {...props} field={field} />
    case 'choice':
      return <ChoiceControl {...props} field={field} />
    case 'list':
      return <ListControl {...props} field={field} />
    case 'group':
      return <GroupControl {...props} field={field} />
    case 'record':
      return <RecordControl {...props} field={field} />
    case 'union':
      return <UnionControl {...props} field={field} />
    case 'date':
      return <DateControl {...props} field={field} />
    case 'null':
      return <p class="hint">Sent as null.</p>
    default:
      return <TextControl {...props} />
  }
}

/** A value of another type, which came in as JSON, is edited as JSON. */
function isShownBy({ kind }: Field, value: Json | undefined): boolean {
  if (value === undefined) return true
  if (kind === 'boolean') return typeof value === 'boolean'
  if (kind === 'list') return Array.isArray(value)
  if (kind === 'group' || kind === 'record') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return true
}

/** A field whose values are an object gets a label of its own group; every other one is named by a `label` element. */
export const isGrouped = ({ kind }: Field): boolean => ['boolean', 'list', 'group', 'record', 'union'].includes(kind)

/** While somebody is in the control, its text stays as typed; when they leave, it is what the value reads as. */
function useTyped(field: Field, value: Json | undefined, onChange: ControlProps['onChange']) {
  const typed = useSignal<string | undefined>(undefined)
  return {
    isTyping: typed.value !== undefined,
    events: {
      value: typed.value ?? toText(field, value),
      onFocus() {
        typed.value = toText(field, value)
      },
      onInput({ currentTarget: { value: text } }: TargetedInputEvent<HTMLInputElement | HTMLTextAreaElement>) {
        typed.value = text
        onChange(fromText(field, text))
      },
      onBlur() {
        typed.value = undefined
      },
    },
  }
}

function TextControl({ field, id, value, onChange, problems, describedBy, label, placeholder }: ControlProps) {
  const { isTyping, events } = useTyped(field, value, onChange)
  const isLong = useRef(false)
  // Not while somebody types: another element would not have the focus.
  if (!isTyping)
    isLong.current = (field.kind === 'text' && field.isLong) || (typeof value === 'object' && value !== null)
  const shared = {
    id,
    ...events,
    'aria-label': label,
    'aria-describedby': describedBy,
    'aria-invalid': problems.length > 0,
    'aria-required': field.isRequired && label === undefined,
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: false,
    placeholder: placeholder ?? (field.fallback === undefined ? undefined : toText(field, field.fallback)),
  } as const
  if (isLong.current) return <textarea {...shared} rows={3} />
  return <input type="text" inputMode={field.kind === 'number' ? 'decimal' : 'text'} {...shared} />
}

function DateControl(props: Of<'date'>) {
  const { withTime } = props.field
  const now = () => {
    const text = new Date().toISOString()
    props.onChange(withTime ? text.replace(/\.\d+/, '') : text.slice(0, 10))
  }
  return (
    <div class="beside">
      <TextControl {...props} />
      <button type="button" class="button" onClick={now}>
        {withTime ? 'Now' : 'Today'}
      </button>
    </div>
  )
}

function ChoiceControl({ field, id, value, onChange, problems, describedBy, label }: Of<'choice'>) {
  const { options, isRequired, fallback } = field
  const isOther = value !== undefined && !options.includes(value)
  const shown = isOther ? [...options, value] : options
  const absent = fallback === undefined ? 'Not sent' : `Not sent (${toText(field, fallback)})`
  return (
    <select
      id={id}
      value={value === undefined ? '' : JSON.stringify(value)}
      onChange={({ currentTarget: { value: text } }) => onChange(text === '' ? undefined : JSON.parse(text))}
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={problems.length > 0}
      aria-required={isRequired}
    >
      <option value="">{isRequired ? 'Choose' : absent}</option>
      {shown.map((option) => (
        <option key={JSON.stringify(option)} value={JSON.stringify(option)}>
          {toText(field, option)}
        </option>
      ))}
    </select>
  )
}

function BooleanControl({ field, id, value, onChange }: Of<'boolean'>) {
  const choices: readonly (readonly [string, boolean | undefined])[] = [
    ['Not sent', undefined],
    ['true', true],
    ['false', false],
  ]
  const { isRequired, fallback } = field
  return (
    <div class="segments">
      {choices
        .filter(([, choice]) => !isRequired || choice !== undefined)
        .map(([words, choice], at) => (
          <label key={words}>
            <input
              type="radio"
              id={at === 0 ? id : `${id}-${at}`}
              name={id}
              checked={value === choice}
              onChange={() => onChange(choice)}
            />
            <span>{choice === undefined && fallback !== undefined ? `${words} (${fallback})` : words}</span>
          </label>
        ))}
    </div>
  )
}
