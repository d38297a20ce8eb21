/** JSON that folds: every object and array is a `details` element, so keyboards and screen readers know what to do with it. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { CopyButton } from './copy-button.tsx'
import './json-view.css'

/** Keys and positions from the outermost value to one inside it. */
export type JsonPath = readonly (string | number)[]

interface JsonViewProps {
  /** Anything that `JSON.parse` gives. */
  readonly value: unknown
  /** What it is, for who cannot see it: “Example answer”. */
  readonly label: string
  /** What stands beside a text, number or boolean, e.g. a button that uses it elsewhere. */
  readonly beside?: (value: string | number | boolean, path: JsonPath) => ComponentChildren
}

/** Levels that are open at first. */
const openLevels = 3
/** Members of one array or object that are drawn before the reader asks for more. */
const firstMembers = 100

export function JsonView({ value, label, beside }: JsonViewProps) {
  const levels = useSignal(openLevels)
  const folds = isFoldable(value) && Object.values(value).some(isFoldable)
  return (
    <div class="json">
      <div class="json-tools">
        {folds && (
          <>
            <button type="button" class="button quiet small" onClick={() => (levels.value = 1)}>
              Fold
            </button>
            <button type="button" class="button quiet small" onClick={() => (levels.value = Number.POSITIVE_INFINITY)}>
              Unfold
            </button>
          </>
        )}
        <CopyButton text={() => JSON.stringify(value, null, 2)} label={`Copy: ${label}`} words="Copy" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
      <section class="code json-tree" aria-label={label} tabIndex={0} key={levels.value}>
        <Member value={value} path={[]} levels={levels.value} isLast beside={beside} />
      </section>
    </div>
  )
}

interface MemberProps extends Pick<JsonViewProps, 'value' | 'beside'> {
  readonly path: JsonPath
  readonly levels: number
  readonly isLast: boolean
}

function Member({ value, path, levels, isLast, beside }: MemberProps) {
  const name = path.at(-1)
  const comma = isLast ? '' : ','
  const key = typeof name === 'string' && (
    <>
      <span class="code-key">{JSON.stringify(name)}</span>
      {': '}
    </>
  )
  if (!isFoldable(value)) {
    return (
      <div class="json-line">
        {key}
        <span class={classOf(value)}>{JSON.stringify(value)}</span>
        {comma}
        {isLeaf(value) && beside?.(value, path)}
      </div>
    )
  }
  const [opening, closing] = Array.isArray(value) ? '[]' : '{}'
  const size = Object.keys(value).length
  if (size === 0) {
    return (
      <div class="json-line">
        {key}
        {opening}
        {closing}
        {comma}
      </div>
    )
  }
  return (
    <details class="json-fold" open={path.length < levels}>
      <summary>
        {key}
        {opening}
        <span class="json-gist">
          <span class="code-comment">{gistOf(value, size)}</span>
          {closing}
          {comma}
        </span>
      </summary>
      <Members value={value} path={path} levels={levels} beside={beside} />
      <div class="json-end">
        {closing}
        {comma}
      </div>
    </details>
  )
}

function Members({ value, path, levels, beside }: Omit<MemberProps, 'isLast'> & { readonly value: object }) {
  const drawn = useSignal(firstMembers)
  const members: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((member, at) => [at, member])
    : Object.entries(value)
  const rest = members.length - drawn.value
  return (
    <div class="json-members">
      {members.slice(0, drawn.value).map(([name, member], at) => (
        <Member
          key={name}
          value={member}
          path={[...path, name]}
          levels={levels}
          isLast={at === members.length - 1}
          beside={beside}
        />
      ))}
      {rest > 0 && (
        <button type="button" class="button small" onClick={() => (drawn.value += firstMembers * 10)}>
          {rest} more
        </button>
      )}
    </div>
  )
}

const isFoldable = (value: unknown): value is object => typeof value === 'object' && value !== null

const isLeaf = (value: unknown): value is string | number | boolean => value !== null && typeof value !== 'object'

function classOf(value: unknown): string {
  if (typeof value === 'string') return 'code-string'
  return typeof value === 'number' ? 'code-number' : 'code-word'
}

function gistOf(value: object, size: number): string {
  const [one, many] = Array.isArray(value) ? ['entry', 'entries'] : ['field', 'fields']
  return ` ${size} ${size === 1 ? one : many} `
}
