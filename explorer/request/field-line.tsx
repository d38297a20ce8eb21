/** A field with its name, its control and the words about it. */
import type { ComponentChildren } from 'preact'
import { Prose } from '../reading/prose.tsx'
import { Control, type ControlProps, isGrouped } from './control.tsx'

interface FieldLineProps extends Omit<ControlProps, 'describedBy' | 'label'> {
  /** Below the control: values that could be put in. */
  readonly offers?: ComponentChildren
  /** Its name is said elsewhere. */
  readonly isNamed?: boolean
}

export function FieldLine({ offers, isNamed = false, ...props }: FieldLineProps) {
  const { field, id, problems, path } = props
  const own = problems.filter((problem) => problem.path.length === path.length || !isGroup(field.kind))
  const hintId = `${id}-hint`
  const problemId = `${id}-problem`
  const hasHint = field.description !== '' || field.limits !== ''
  const describedBy = [hasHint && hintId, own.length > 0 && problemId].filter(Boolean).join(' ') || undefined
  const content = (
    <>
      <Control {...props} describedBy={describedBy} label={isNamed ? field.name : undefined} />
      {own.length > 0 && (
        <div id={problemId} class="problem">
          {own.map(({ path: where, text }) => {
            const inside = where.slice(path.length).join('.')
            return <p key={text}>{capitalized(inside === '' ? text : `${inside} ${text}`)}</p>
          })}
        </div>
      )}
      {offers}
      {hasHint && (
        <p id={hintId} class="hint">
          <Prose text={field.description} />
          {field.limits !== '' && <span class="limits"> {capitalized(field.limits)}.</span>}
        </p>
      )}
    </>
  )
  if (isNamed) return <div class="field">{content}</div>
  if (isGrouped(field)) {
    return (
      <fieldset class="field" aria-describedby={describedBy}>
        <legend>
          <Name {...field} />
        </legend>
        {content}
      </fieldset>
    )
  }
  return (
    <div class="field">
      <label for={id}>
        <Name {...field} />
      </label>
      {content}
    </div>
  )
}

function Name({ name, isRequired }: { readonly name: string; readonly isRequired: boolean }) {
  return (
    <>
      <code>{name}</code>
      {isRequired && <span class="must"> required</span>}
    </>
  )
}

/** Their fields show their own problems. */
const isGroup = (kind: string): boolean => kind === 'group'

export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
