/** Fields in words: what each is, whether it has to be there, its limits and meaning, and what is inside it. */
import type { CataloguedOperation } from '../catalogue.ts'
import { type Field, grouped, type Inside, inJson, insidesOf, limitsOf, typeInWords, valuesOf } from './describe.ts'
import { Prose } from './prose.tsx'
import './field-list.css'

/** What is sent may be left out; what is answered may be absent. */
type Side = 'field' | 'answer'

interface FieldListProps {
  readonly fields: readonly Field[]
  readonly side: Side
  readonly exactlyOne?: CataloguedOperation['exactlyOne']
  /** Path of the field that these are inside of, with a dot behind it. */
  readonly inside?: string
}

export function FieldList({ fields, side, exactlyOne = [], inside = '' }: FieldListProps) {
  const item = (field: Field, isOneOf = false) => (
    <FieldItem key={field.name} field={field} side={side} path={inside + field.name} isOneOf={isOneOf} />
  )
  return (
    <ul class="members">
      {grouped(fields, exactlyOne).map((entry) =>
        entry.kind === 'field' ? (
          item(entry.field)
        ) : (
          <li key={entry.fields[0]?.name} class="one-of">
            <p class="one-of-title">Exactly one of these</p>
            <ul class="members">{entry.fields.map((field) => item(field, true))}</ul>
          </li>
        ),
      )}
    </ul>
  )
}

interface FieldItemProps {
  readonly field: Field
  readonly side: Side
  readonly path: string
  /** Whether it has to be there is said of its group. */
  readonly isOneOf: boolean
}

function FieldItem({ field: { name, schema, isRequired }, side, path, isOneOf }: FieldItemProps) {
  const values = valuesOf(schema)
  return (
    <li class="member" id={`${side}-${path}`} tabIndex={-1}>
      <p class="member-head">
        <a class="member-name" href={`#${side}-${path}`}>
          <code>{name}</code>
        </a>
        <span class="member-type">{typeInWords(schema)}</span>
        {!isOneOf && <Presence side={side} isRequired={isRequired} />}
      </p>
      {schema.description !== undefined && (
        <p class="member-text">
          <Prose text={schema.description} />
        </p>
      )}
      <Limits field={schema} />
      {values.length > 0 && (
        <p class="member-limits">
          <span>{side === 'field' ? 'One of' : 'Is one of'}</span>
          {values.map((value) => (
            <code key={value}>{value}</code>
          ))}
        </p>
      )}
      {insidesOf(schema).map((part) => (
        <InsideFold key={part.of} part={part} side={side} path={path} />
      ))}
    </li>
  )
}

function Presence({ side, isRequired }: Pick<FieldItemProps, 'side'> & Pick<Field, 'isRequired'>) {
  if (side === 'answer') return isRequired ? null : <span class="member-presence">may be absent</span>
  return isRequired ? (
    <span class="member-presence required">required</span>
  ) : (
    <span class="member-presence">optional</span>
  )
}

function Limits({ field }: { readonly field: Field['schema'] }) {
  const limits = limitsOf(field)
  if (limits.length === 0 && field.default === undefined) return null
  return (
    <p class="member-limits">
      {limits.map(({ words, literal }) => (
        <span key={words}>
          {words} {literal !== undefined && <code>{literal}</code>}
        </span>
      ))}
      {field.default !== undefined && (
        <span>
          default <code>{inJson(field.default)}</code>
        </span>
      )}
    </p>
  )
}

interface InsideFoldProps extends Pick<FieldItemProps, 'side' | 'path'> {
  readonly part: Inside
}

function InsideFold({ part: { of, fields }, side, path }: InsideFoldProps) {
  const count = `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`
  return (
    <details class="fold member-inside">
      <summary>
        {count} {of === undefined ? 'inside' : `in ${of}`}
        <span class="visually-hidden"> of {path}</span>
      </summary>
      <FieldList fields={fields} side={side} inside={`${path}.`} />
    </details>
  )
}
