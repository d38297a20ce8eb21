/** Controls for values with values inside: lists, objects, free objects, and what may be of several types. */
import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from '../reading/icon.tsx'
import { hasType, type Problem } from './check.ts'
import { Control, type Of } from './control.tsx'
import type { Json } from './draft.ts'
import { FieldLine } from './field-line.tsx'

type Members = { readonly [name: string]: Json }

/** Problems of one member and of what is inside it. */
export const problemsIn = (problems: readonly Problem[], path: readonly string[]): readonly Problem[] =>
  problems.filter((problem) => path.every((step, at) => problem.path[at] === step))

export function GroupControl({ field, id, value, onChange, problems, path }: Of<'group'>) {
  const members = (value ?? {}) as Members
  const change = (name: string, member: Json | undefined) => {
    const { [name]: _, ...others } = members
    const changed = member === undefined ? others : { ...members, [name]: member }
    onChange(Object.keys(changed).length === 0 ? undefined : changed)
  }
  return (
    <div class="nested">
      {field.fields.map((member) => (
        <FieldLine
          key={member.name}
          field={member}
          id={`${id}-${member.name}`}
          value={members[member.name]}
          onChange={(changed) => change(member.name, changed)}
          problems={problemsIn(problems, [...path, member.name])}
          path={[...path, member.name]}
        />
      ))}
    </div>
  )
}

/** Rows on the screen, some of which are not filled in; they begin anew when the value changes elsewhere. */
function useRows<Row>(
  value: Json | undefined,
  fromValue: () => readonly Row[],
  toValue: (rows: readonly Row[]) => Json,
) {
  const rows = useSignal(fromValue())
  if (JSON.stringify(toValue(rows.peek())) !== JSON.stringify(value ?? toValue([]))) rows.value = fromValue()
  return rows
}

/** Moves the focus into a row that was just added. */
function useFocusOn(id: string) {
  const wanted = useRef<string | undefined>(undefined)
  useLayoutEffect(() => {
    if (wanted.current === undefined) return
    document.getElementById(wanted.current)?.focus()
    wanted.current = undefined
  })
  return (row: number) => {
    wanted.current = `${id}-${row}`
  }
}

export function ListControl({ field, id, value, onChange, problems, path, describedBy }: Of<'list'>) {
  const entries = (value ?? []) as readonly Json[]
  const filled = (list: readonly (Json | undefined)[]): Json => list.filter((entry) => entry !== undefined)
  const rows = useRows<Json | undefined>(value, () => entries, filled)
  const focusOn = useFocusOn(id)
  const set = (changed: readonly (Json | undefined)[]) => {
    rows.value = changed
    const list = filled(changed) as readonly Json[]
    onChange(list.length === 0 ? undefined : list)
  }
  const shown = rows.value.length === 0 ? [undefined] : rows.value
  const positionOf = (at: number) => String(shown.slice(0, at).filter((entry) => entry !== undefined).length)
  return (
    <div class="rows">
      {shown.map((entry, at) => (
        <div key={at} class="beside">
          <div class="grow">
            <Control
              field={field.entry}
              id={at === 0 ? id : `${id}-${at}`}
              label={`${field.name}, entry ${at + 1}`}
              value={entry}
              onChange={(changed) => set(shown.map((old, place) => (place === at ? changed : old)))}
              problems={entry === undefined ? [] : problemsIn(problems, [...path, positionOf(at)])}
              path={[...path, positionOf(at)]}
              describedBy={describedBy}
            />
          </div>
          <RemoveButton
            isIdle={shown.length === 1 && entry === undefined}
            label={`Remove entry ${at + 1} of ${field.name}`}
            onClick={() => set(shown.filter((_, place) => place !== at))}
          />
        </div>
      ))}
      <button
        type="button"
        class="button quiet small add"
        onClick={() => {
          focusOn(shown.length)
          set([...shown, undefined])
        }}
      >
        Add an entry
        <span class="visually-hidden"> to {field.name}</span>
      </button>
    </div>
  )
}

type RecordRow = readonly [name: string, value: Json | undefined]

export function RecordControl({ field, id, value, onChange, problems, path, describedBy }: Of<'record'>) {
  const filled = (list: readonly RecordRow[]): Json =>
    Object.fromEntries(
      list.flatMap(([name, member]) => (name === '' || member === undefined ? [] : [[name, member] as const])),
    )
  const rows = useRows<RecordRow>(value, () => Object.entries((value ?? {}) as Members), filled)
  const focusOn = useFocusOn(id)
  const set = (changed: readonly RecordRow[]) => {
    rows.value = changed
    const record = filled(changed)
    onChange(Object.keys(record as Members).length === 0 ? undefined : record)
  }
  const shown: readonly RecordRow[] = rows.value.length === 0 ? [['', undefined]] : rows.value
  const setRow = (at: number, row: RecordRow) => set(shown.map((old, place) => (place === at ? row : old)))
  return (
    <div class="rows">
      {shown.map(([name, member], at) => (
        <div key={at} class="beside pair">
          <input
            type="text"
            id={at === 0 ? id : `${id}-${at}`}
            value={name}
            placeholder="name"
            autocomplete="off"
            spellcheck={false}
            aria-label={`${field.name}, name ${at + 1}`}
            onInput={({ currentTarget }) => setRow(at, [currentTarget.value, member])}
          />
          <div class="grow">
            <Control
              field={field.entry}
              placeholder={field.entry.kind === 'json' ? 'value or JSON' : 'value'}
              id={`${id}-${at}-value`}
              label={`${field.name}, value ${at + 1}`}
              value={member}
              onChange={(changed) => setRow(at, [name, changed])}
              problems={problemsIn(problems, [...path, name])}
              path={[...path, name]}
              describedBy={describedBy}
            />
          </div>
          <RemoveButton
            isIdle={shown.length === 1 && name === '' && member === undefined}
            label={`Remove row ${at + 1} of ${field.name}`}
            onClick={() => set(shown.filter((_, place) => place !== at))}
          />
        </div>
      ))}
      <button
        type="button"
        class="button quiet small add"
        onClick={() => {
          focusOn(shown.length)
          set([...shown, ['', undefined]])
        }}
      >
        Add a row
        <span class="visually-hidden"> to {field.name}</span>
      </button>
    </div>
  )
}

interface RemoveProps {
  readonly label: string
  readonly onClick: () => void
  /** There is nothing to remove. */
  readonly isIdle: boolean
}

function RemoveButton({ label, onClick, isIdle }: RemoveProps) {
  if (isIdle) return null
  return (
    <button type="button" class="button quiet square" aria-label={label} title={label} onClick={onClick}>
      <Icon name="close" />
    </button>
  )
}

export function UnionControl(props: Of<'union'>) {
  const { field, id, value, onChange } = props
  const { alternatives } = field
  const fitting = value === undefined ? -1 : alternatives.findIndex(({ schema }) => hasType(schema, value))
  const chosen = useSignal(Math.max(fitting, 0))
  const at = fitting >= 0 ? fitting : chosen.value
  const alternative = alternatives[at]
  const choose = (next: number) => {
    chosen.value = next
    onChange(alternatives[next]?.kind === 'null' ? null : undefined)
  }
  return (
    <div class="union">
      <div class="segments">
        {alternatives.map(({ name }, place) => (
          <label key={name}>
            <input type="radio" name={`${id}-kind`} checked={place === at} onChange={() => choose(place)} />
            <span>{name}</span>
          </label>
        ))}
      </div>
      {alternative && <Control {...props} field={{ ...alternative, name: field.name }} label={field.name} />}
    </div>
  )
}
