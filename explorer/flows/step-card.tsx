/** One step of a flow, in words: what it does, how far it is, and what went over the line. */
import { JsonView } from '../reading/json-view.tsx'
import type { Outcome, Shown, Step } from './flow.ts'
import type { StepState } from './run.ts'
import { openWindow, type Waiting } from './windows.ts'

interface StepCardProps {
  readonly step: Step
  readonly number: number
  readonly state: StepState
  readonly lanes: readonly string[]
  readonly outcome: Outcome | undefined
  readonly waiting: Waiting | undefined
  readonly onAbandon: () => void
}

const stateWords = { ahead: undefined, running: 'running', done: 'done', failed: 'failed' } as const
const stateBadges = { ahead: '', running: 'accent', done: 'good', failed: 'bad' } as const

export function StepCard({ step, number, state, lanes, outcome, waiting, onAbandon }: StepCardProps) {
  const words = stateWords[state]
  const parties = step.from === step.to ? lanes[step.from] : `${lanes[step.from]} → ${lanes[step.to]}`
  return (
    <li class={`panel flow-step ${state}`}>
      <div class="panel-head">
        <h3>
          <span class="flow-number">{number}</span> {step.title}
        </h3>
        <span class="row">
          <span class="tiny soft">{parties}</span>
          {words && <span class={`badge ${stateBadges[state]}`}>{words}</span>}
        </span>
      </div>
      <div class="panel-body stack">
        <p class="small soft">{step.text}</p>
        {waiting && <Wait {...waiting} onAbandon={onAbandon} />}
        {outcome?.problem && (
          <div class="notice bad" role="alert">
            <p>{outcome.problem.what}</p>
            {outcome.problem.advice !== undefined && <p>{outcome.problem.advice}</p>}
          </div>
        )}
        {outcome?.request && <Part shown={outcome.request} name="Request" />}
        {outcome?.answer && <Part shown={outcome.answer} name="Answer" isOpen />}
      </div>
    </li>
  )
}

function Part({
  shown,
  name,
  isOpen = false,
}: {
  readonly shown: Shown
  readonly name: string
  readonly isOpen?: boolean
}) {
  return (
    <details class="fold" open={isOpen}>
      <summary>
        <span class="small">{name}</span> <code class="small">{shown.title}</code>
      </summary>
      {shown.value !== undefined && <JsonView value={shown.value} label={`${name}: ${shown.title}`} />}
    </details>
  )
}

function Wait({ url, isBlocked, onAbandon }: Waiting & { readonly onAbandon: () => void }) {
  return (
    <div class="notice" role="status">
      <p>
        {isBlocked
          ? 'Your browser opened no window. Open it yourself; this page goes on when you come back.'
          : 'Go on in the window that opened. This page goes on when it comes back.'}
      </p>
      <p class="row">
        <a
          class="button small"
          href={url}
          target="_blank"
          rel="noopener opener"
          onClick={(event) => openWindow(url) && event.preventDefault()}
        >
          {isBlocked ? 'Open the window' : 'Open it again'}
        </a>
        <button type="button" class="button small quiet" onClick={onAbandon}>
          Give up
        </button>
      </p>
    </div>
  )
}
