/** “Try it”: a form or JSON, credentials, Send, and what came of it. */
import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { CataloguedOperation } from '../catalogue.ts'
import { AnswerPanel } from './answer.tsx'
import { type Problem, problemsOf, sentence } from './check.ts'
import { credentialKind } from './credentials.ts'
import { CredentialsPanel, ReceivedValues } from './credentials-panel.tsx'
import { draftOf, type Values } from './draft.ts'
import { outcomeOf, sendDraft } from './exchange.ts'
import { controlId, Form } from './form.tsx'
import { gateway } from './gateway.ts'
import { HistoryPanel } from './history-panel.tsx'
import { JsonMode } from './json-mode.tsx'
import { publicValues } from './offers.tsx'
import { CameBack, OpenInBrowser } from './open-in-browser.tsx'
import { keepAsAsked } from './received.ts'
import './style.css'

keepAsAsked()

interface RequestProps {
  readonly operation: CataloguedOperation
}

export function RequestPanel({ operation }: RequestProps) {
  usePublicValues(operation)
  const mode = useSignal<'form' | 'json'>('form')
  /** The reader has tried to send it: from then on what is missing is said too. */
  const isTried = useSignal(false)
  const problems = problemsOf(operation, draftOf(operation.name).value)
  const told = isTried.value ? problems : problems.filter(({ kind }) => kind !== 'missing')
  const submit = () => {
    isTried.value = true
    if (!isSendable(operation)) return
    if (problems.some(({ kind }) => kind !== 'unknown')) {
      requestAnimationFrame(() => document.getElementById('try-problems')?.focus())
    } else void sendDraft(operation)
  }
  return (
    <>
      <form
        class="panel try"
        aria-label="Request"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
          event.preventDefault()
          submit()
        }}
      >
        <Head mode={mode} />
        <div class="panel-body stack">
          <CredentialsPanel operation={operation} />
          <div id="try-input" role="tabpanel" aria-labelledby={`try-tab-${mode.value}`}>
            {mode.value === 'form' ? (
              <Form operation={operation} problems={told} />
            ) : (
              <JsonMode operation={operation} />
            )}
          </div>
          {isTried.value && isSendable(operation) && (
            <ProblemList operation={operation} problems={problems} mode={mode} />
          )}
        </div>
        <Actions operation={operation} />
      </form>
      {(operation.kind === 'page' || operation.kind === 'document') && <Opening operation={operation} />}
      <AnswerPanel operation={operation} />
      <ReceivedValues />
      <HistoryPanel />
    </>
  )
}

/** The gateway calls no operation of its own. */
const isSendable = (operation: CataloguedOperation): boolean =>
  operation.kind === 'call' && credentialKind(operation) !== 'operator'

/** What the profile makes public is filled in where it is required, once, before the reader begins. */
function usePublicValues(operation: CataloguedOperation): void {
  const isKnown = gateway.value.kind === 'open'
  useEffect(() => {
    const draft = draftOf(operation.name)
    const missing = Object.entries(publicValues(operation)).filter(([field]) => !(field in draft.value))
    if (missing.length > 0) draft.value = { ...Object.fromEntries(missing), ...draft.value }
  }, [isKnown])
}

const modes = [
  ['form', 'Form'],
  ['json', 'JSON'],
] as const

type Mode = (typeof modes)[number][0]

function Head({ mode }: { readonly mode: Signal<Mode> }) {
  const turn = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    mode.value = mode.value === 'form' ? 'json' : 'form'
    document.getElementById(`try-tab-${mode.value}`)?.focus()
  }
  return (
    <div class="panel-head">
      <h2>Try it</h2>
      <div class="tabs" role="tablist" aria-label="How the input is edited">
        {modes.map(([name, words]) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`try-tab-${name}`}
            aria-selected={mode.value === name}
            aria-controls="try-input"
            tabIndex={mode.value === name ? 0 : -1}
            onClick={() => {
              mode.value = name
            }}
            onKeyDown={turn}
          >
            {words}
          </button>
        ))}
      </div>
    </div>
  )
}

interface ProblemListProps extends RequestProps {
  readonly problems: readonly Problem[]
  readonly mode: Signal<Mode>
}

/** Found before anything was sent. The server is the one to decide, so it can be sent all the same. */
function ProblemList({ operation, problems, mode }: ProblemListProps) {
  const told = problems.filter(({ kind }) => kind !== 'unknown')
  if (told.length === 0) return null
  const goToField = (path: readonly string[]) => {
    mode.value = 'form'
    requestAnimationFrame(() => focusOn(path))
  }
  return (
    <section class="notice warn problems" id="try-problems" tabIndex={-1} aria-label="The server will refuse this">
      <p>
        <b>The server will refuse this.</b>
      </p>
      <ul class="plain">
        {told.map((problem) => (
          <li key={sentence(problem)}>
            <button type="button" class="link" onClick={() => goToField(problem.path)}>
              <code>{problem.path.join('.')}</code> {problem.text}
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="button small" onClick={() => void sendDraft(operation)}>
        Send anyway
      </button>
    </section>
  )
}

/** The control of a field, or of the innermost one around it that has a control; folds on the way are opened. */
function focusOn(path: readonly string[]): void {
  for (let depth = path.length; depth > 0; depth--) {
    const control = document.getElementById(controlId(path.slice(0, depth)))
    if (!control) continue
    for (let fold = control.closest('details'); fold; fold = fold.parentElement?.closest('details') ?? null)
      fold.open = true
    control.focus()
    return
  }
}

function Actions({ operation }: RequestProps) {
  const { name, example } = operation
  const draft = draftOf(name)
  const outcome = outcomeOf(name).value
  const isRunning = outcome?.kind === 'running'
  return (
    <div class="panel-foot">
      {isSendable(operation) && (
        <button type="submit" class="button primary" aria-disabled={isRunning || gateway.value.kind === 'closed'}>
          {isRunning ? 'Sending…' : 'Send'}
        </button>
      )}
      {isRunning && (
        <button type="button" class="button" onClick={outcome.abort}>
          Abort
        </button>
      )}
      {example && Object.keys(example.input).length > 0 && (
        <button
          type="button"
          class="button"
          onClick={() => {
            draft.value = { ...(example.input as Values), ...publicValues(operation) }
          }}
        >
          Use the example
        </button>
      )}
      {Object.keys(draft.value).length > 0 && (
        <button
          type="button"
          class="button quiet"
          onClick={() => {
            draft.value = {}
          }}
        >
          Clear
        </button>
      )}
      {isSendable(operation) && (
        <span class="shortcut soft tiny">
          <kbd>{isApple ? '⌘' : 'Ctrl'}</kbd> <kbd>Enter</kbd>
        </span>
      )}
    </div>
  )
}

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)

function Opening({ operation }: RequestProps) {
  return (
    <>
      <section class="panel" aria-label="Open it">
        <div class="panel-head">
          <h2>Open it</h2>
        </div>
        <div class="panel-body">
          <OpenInBrowser operation={operation} />
        </div>
      </section>
      <CameBack operation={operation} />
    </>
  )
}
