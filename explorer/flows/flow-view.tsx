/** A guided flow: what it needs, its drawing, and its steps, run one at a time or all at once. */
import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { catalogue, operationNamed } from '../catalogue.ts'
import { CopyButton } from '../reading/copy-button.tsx'
import { askGateway, gateway, loginRequired, profileInUse } from '../request/gateway.ts'
import { send } from '../request/send.ts'
import { attach } from './attach.ts'
import { connectedApp } from './connected-app.ts'
import type { Choice, Flow, Memory, Tools } from './flow.ts'
import { hasCryptography } from './jwt.ts'
import { Landed } from './landed.tsx'
import { flows, landedName } from './list.ts'
import { login } from './login.ts'
import { FlowRun } from './run.ts'
import { Sequence } from './sequence.tsx'
import { StepCard } from './step-card.tsx'
import { abandonWindow, visitInWindow, waiting } from './windows.ts'
import './style.css'

const all: Readonly<Record<string, Flow>> = { login, attach, 'connected-app': connectedApp }

export function FlowView({ name }: { readonly name: string }) {
  if (name === landedName) return <Landed />
  const flow = Object.hasOwn(all, name) ? all[name] : undefined
  if (flow) return <Guided name={name} flow={flow} />
  return (
    <div class="stack">
      <h1 tabIndex={-1}>There is no flow {name}</h1>
      <p>
        <a href="/reference/flows/login">Log in with a provider</a> is where to begin.
      </p>
    </div>
  )
}

const ownBaseUrl = (): string => (catalogue.value?.baseUrl ?? location.origin).replace(/\/+$/, '')
const landingUrl = (): string => `${ownBaseUrl()}/reference/flows/${landedName}`

function tools(): Tools | undefined {
  const profile = profileInUse()
  if (!profile) return undefined
  return {
    baseUrl: ownBaseUrl(),
    landing: landingUrl(),
    projectId: profile.project_id,
    publicToken: profile.public_token ?? '',
    send,
    visit: visitInWindow,
    adviceFor: (errorType) => catalogue.value?.errors[errorType]?.fix,
    lineOf(name) {
      const operation = operationNamed(name)
      return operation ? `${operation.method} ${operation.path}` : name
    },
  }
}

function Guided({ name, flow }: { readonly name: string; readonly flow: Flow }) {
  const times = useSignal(0)
  const choices = useSignal<Memory>(Object.fromEntries(flow.choices.map((choice) => [choice.name, choice.value])))
  const run = useMemo(() => new FlowRun(flow, tools), [flow, times.value])
  useEffect(() => {
    void askGateway()
    return abandonWindow
  }, [])
  const isBlocked = useComputed(() => gateway.value.kind !== 'open' || obstacle() !== undefined)
  const isBusy = run.isRunning.value
  const hasBegun = isBusy || run.outcomes.value.length > 0
  const restart = () => {
    abandonWindow()
    times.value++
  }
  return (
    <div class="flow">
      <header class="stack">
        <h1 tabIndex={-1}>{flows.find((listed) => listed.name === name)?.title}</h1>
        <p class="soft">{flow.lead}</p>
      </header>
      <Needs flow={flow} name={name} />
      <section class="panel" aria-label="Run the flow">
        {flow.choices.length > 0 && (
          <div class="panel-body stack">
            {flow.choices.map((choice) => (
              <ChoiceField
                key={choice.name}
                choice={choice}
                value={choices.value[choice.name] ?? ''}
                isFixed={hasBegun}
                onChange={(value) => (choices.value = { ...choices.value, [choice.name]: value })}
              />
            ))}
          </div>
        )}
        <div class="panel-foot">
          <button
            type="button"
            class="button primary"
            disabled={isBusy || run.isDone || isBlocked.value}
            onClick={() => void run.runNext(choices.value)}
          >
            Run next step
          </button>
          <button
            type="button"
            class="button"
            disabled={isBusy || run.isDone || isBlocked.value}
            onClick={() => void run.runAll(choices.value)}
          >
            Run all
          </button>
          <button type="button" class="button quiet" disabled={!hasBegun} onClick={restart}>
            Start again
          </button>
          <span class="small soft" role="status">
            {run.isDone ? 'All steps are done.' : `Step ${run.at + 1} of ${flow.steps.length}`}
          </span>
        </div>
      </section>
      <Sequence flow={flow} run={run} />
      <ol class="flow-steps">
        {flow.steps.map((step, at) => (
          <StepCard
            key={step.title}
            step={step}
            number={at + 1}
            state={run.stateOf(at)}
            lanes={flow.lanes}
            outcome={run.outcomes.value[at]}
            waiting={isBusy && at === run.at ? waiting.value : undefined}
            onAbandon={abandonWindow}
          />
        ))}
      </ol>
    </div>
  )
}

/** What keeps every step from running, whatever the gateway says. */
function obstacle(): 'origin' | 'cryptography' | undefined {
  if (new URL(ownBaseUrl()).origin !== location.origin) return 'origin'
  return hasCryptography() ? undefined : 'cryptography'
}

/** What has to be in place, with what to do where it is not. */
function Needs({ flow, name }: { readonly flow: Flow; readonly name: string }) {
  const state = gateway.value
  const wrong = obstacle()
  const here = `/reference/flows/${name}`
  if (wrong === 'origin') {
    return (
      <p class="notice warn">
        Windows come back to the server’s own address, so the flow has to run there:{' '}
        <a href={ownBaseUrl() + here} target="_self">
          {ownBaseUrl() + here}
        </a>
      </p>
    )
  }
  if (wrong === 'cryptography') {
    return (
      <p class="notice warn">
        Browsers give cryptography to https and localhost only, and the flow needs it for PKCE. Open the page there.
      </p>
    )
  }
  if (state.kind === 'closed') {
    return (
      <p class="notice warn" role="status">
        {state.message}{' '}
        {state.errorType === loginRequired && (
          <a href={`/reference/login?return_to=${encodeURIComponent(here)}`} target="_self">
            Log in as operator
          </a>
        )}
      </p>
    )
  }
  if (!flow.needsRedirectUrl) return null
  return (
    <div class="notice">
      <p>
        The login comes back to this address. <code>selvage dev</code> knows it already; of another project it has to be
        a redirect URL, of type LOGIN and of type SIGNUP.
      </p>
      <p class="row">
        <code>{landingUrl()}</code> <CopyButton text={landingUrl()} label="Copy the redirect URL" words="Copy" />
      </p>
    </div>
  )
}

interface ChoiceFieldProps {
  readonly choice: Choice
  readonly value: string
  readonly isFixed: boolean
  readonly onChange: (value: string) => void
}

function ChoiceField({ choice: { name, label, hint, offers }, value, isFixed, onChange }: ChoiceFieldProps) {
  const id = `flow-${name}`
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        value={value}
        readOnly={isFixed}
        autocomplete="off"
        spellcheck={false}
        aria-describedby={`${id}-hint`}
        list={offers && `${id}-offers`}
        onInput={({ currentTarget }) => onChange(currentTarget.value.trim())}
      />
      {offers && (
        <datalist id={`${id}-offers`}>
          {offers.map((offer) => (
            <option key={offer} value={offer} />
          ))}
        </datalist>
      )}
      <span class="hint" id={`${id}-hint`}>
        {hint}
      </span>
    </div>
  )
}
