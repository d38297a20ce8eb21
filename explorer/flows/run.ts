/** One run of a flow: which steps are done, what each brought, and what comes next. */
import { type ReadonlySignal, signal } from '@preact/signals'
import { NotSent } from '../request/send.ts'
import type { Flow, Memory, Outcome, Tools } from './flow.ts'

export type StepState = 'ahead' | 'running' | 'done' | 'failed'

/** A window that was waited for, given up. */
export class Abandoned extends Error {}

export class FlowRun {
  readonly #flow: Flow
  readonly #toolsNow: () => Tools | undefined
  readonly #outcomes = signal<readonly Outcome[]>([])
  readonly #isRunning = signal(false)
  #memory: Memory = {}

  /** `tools` is asked before each step; `undefined` means that the page cannot run steps yet. */
  constructor(flow: Flow, tools: () => Tools | undefined) {
    this.#flow = flow
    this.#toolsNow = tools
  }

  /** Of the steps that ran; the last one may have failed. */
  get outcomes(): ReadonlySignal<readonly Outcome[]> {
    return this.#outcomes
  }

  get isRunning(): ReadonlySignal<boolean> {
    return this.#isRunning
  }

  /** The step that runs or comes next; the number of steps when all are done. */
  get at(): number {
    const { value } = this.#outcomes
    return value.at(-1)?.problem ? value.length - 1 : value.length
  }

  get isDone(): boolean {
    return this.at === this.#flow.steps.length
  }

  stateOf(step: number): StepState {
    if (step < this.at) return 'done'
    if (step > this.at) return 'ahead'
    if (this.#isRunning.value) return 'running'
    return this.#outcomes.value[step]?.problem ? 'failed' : 'ahead'
  }

  /** Runs one step; a step that failed runs again. `choices` count for the first one only. Never throws. */
  async runNext(choices: Memory = {}): Promise<void> {
    const step = this.#flow.steps[this.at]
    const tools = this.#toolsNow()
    if (!step || !tools || this.#isRunning.value) return
    if (this.at === 0) this.#memory = choices
    const before = this.#outcomes.value.slice(0, this.at)
    this.#outcomes.value = before
    this.#isRunning.value = true
    const outcome = await step.run(this.#memory, tools).catch(asProblem)
    this.#isRunning.value = false
    this.#memory = { ...this.#memory, ...outcome.learnt }
    this.#outcomes.value = [...before, outcome]
  }

  /** Until the end, or the first step that fails. */
  async runAll(choices: Memory = {}): Promise<void> {
    do {
      await this.runNext(choices)
    } while (!this.isDone && !this.#outcomes.value.at(-1)?.problem && this.#outcomes.value.length > 0)
  }
}

function asProblem(error: unknown): Outcome {
  if (error instanceof Abandoned) {
    return { problem: { what: 'The window was given up.', advice: 'Run the step again to open it anew.' } }
  }
  if (error instanceof NotSent) {
    return {
      problem: {
        what: error.message,
        advice: 'Look at the credentials of any operation’s page, then run the step again.',
      },
    }
  }
  const reason = error instanceof Error ? error.message : String(error)
  return {
    problem: { what: `This page failed: ${reason}`, advice: 'Start again; if it happens again, load the page anew.' },
  }
}
