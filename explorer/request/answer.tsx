/** What the last request of an operation came to: status, time, body, what its error means, and where its values can go on. */
import { useEffect, useRef } from 'preact/hooks'
import { type CataloguedOperation, catalogue, operationNamed } from '../catalogue.ts'
import { goTo, pathOf } from '../place.ts'
import { CopyButton } from '../reading/copy-button.tsx'
import { JsonView } from '../reading/json-view.tsx'
import { Prose } from '../reading/prose.tsx'
import { setField } from './draft.ts'
import { bearerOf, outcomeOf } from './exchange.ts'
import { type Destination, destinations, type Received, shortened, valuesIn } from './flow.ts'
import type { Answer } from './send.ts'
import { statusKind, statusWords } from './status.ts'

interface AnswerProps {
  readonly operation: CataloguedOperation
}

export function AnswerPanel({ operation }: AnswerProps) {
  const outcome = outcomeOf(operation.name).value
  return (
    <>
      <p class="visually-hidden" role="status">
        {outcome?.kind === 'running' && 'Sending.'}
        {outcome?.kind === 'answered' && `Answered: ${inWords(outcome.answer)}.`}
      </p>
      {outcome?.kind === 'failed' && (
        <p class="notice bad" role="alert">
          {outcome.text}
        </p>
      )}
      {outcome?.kind === 'answered' && <AnswerBody answer={outcome.answer} operation={operation} />}
    </>
  )
}

const inWords = ({ status, durationMs }: Answer): string => `${statusWords(status)}, ${milliseconds(durationMs)}`

export const milliseconds = (duration: number): string =>
  `${duration < 10 ? duration.toFixed(1) : Math.round(duration)} ms`

function AnswerBody({ answer, operation }: AnswerProps & { readonly answer: Answer }) {
  const { status, durationMs, headers, body, requestId, errorType } = answer
  const section = useRef<HTMLElement>(null)
  // A long form pushes it out of sight.
  useEffect(() => section.current?.scrollIntoView({ block: 'nearest' }), [answer])
  return (
    <section class="panel answer" ref={section} aria-label="Answer to the request">
      <div class="panel-head">
        <h2>Answer</h2>
        <p class="row">
          <span class={`badge ${statusKind(status)}`}>{statusWords(status)}</span>
          <span class="soft small">{milliseconds(durationMs)}</span>
        </p>
      </div>
      {errorType !== undefined && <ErrorMeaning type={errorType} operation={operation} />}
      {status < 400 && <NextSteps values={valuesIn(body, operation.name)} />}
      {typeof body === 'string' ? (
        <section class="code body-text" aria-label="Body of the answer">
          {body === '' ? 'No body.' : body}
        </section>
      ) : (
        <JsonView value={body} label="Body of the answer" />
      )}
      <div class="answer-foot">
        {requestId !== undefined && (
          <p class="request-id tiny">
            <span class="soft">request_id</span> <code>{requestId}</code>
            <CopyButton text={requestId} label="Copy the request ID" />
          </p>
        )}
        <HeaderList headers={headers} />
      </div>
    </section>
  )
}

/** What every answer has says nothing of this one. */
const dull = ['date', 'connection', 'keep-alive', 'content-length', 'x-content-type-options', 'vary']

function HeaderList({ headers }: Pick<Answer, 'headers'>) {
  const shown = Object.entries(headers).filter(([name]) => !dull.includes(name))
  if (shown.length === 0) return null
  return (
    <details class="fold">
      <summary class="small">{shown.length} headers</summary>
      <dl class="answer-headers">
        {shown.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

function ErrorMeaning({ type, operation }: AnswerProps & { readonly type: string }) {
  const known = catalogue.value?.errors[type]
  if (!known) return null
  const isListed = operation.errors.includes(type)
  return (
    <div class="meaning">
      <p>
        {isListed ? (
          <a href={`#error-${type}`}>
            <code>{type}</code>
          </a>
        ) : (
          <code>{type}</code>
        )}
      </p>
      <dl>
        <dt>Cause</dt>
        <dd>
          <Prose text={known.cause} />
        </dd>
        <dt>What to do</dt>
        <dd>
          <Prose text={known.fix} />
        </dd>
      </dl>
      <p class="small">
        <a href={`/docs/errors#${type}`}>More about it</a>
      </p>
    </div>
  )
}

/** Destinations of one value in sight before the reader asks for more. */
const inSight = 2

/** Each value with the operations that take it; a click fills it in there. */
export function NextSteps({ values }: { readonly values: readonly Received[] }) {
  const operations = catalogue.value?.operations ?? []
  const steps = values
    .map((value) => ({ value, places: destinations(value, operations) }))
    .filter(({ places }) => places.length > 0)
  if (steps.length === 0) return null
  return (
    <div class="next-steps">
      <h3>Go on with</h3>
      <ul class="plain">
        {steps.map(({ value, places }) => (
          <li key={`${value.path}=${value.value}`}>
            <span class="step-value">
              <code>{value.path}</code>
              <CopyButton text={value.value} label={`Copy ${value.path} ${shortened(value.value)}`} />
            </span>
            <span class="row">
              {places.slice(0, inSight).map((place) => (
                <Step key={place.operation} value={value} place={place} />
              ))}
              {places.length > inSight && (
                <details class="fold more-steps">
                  <summary class="small">
                    {places.length - inSight} more<span class="visually-hidden"> for {value.path}</span>
                  </summary>
                  <span class="row">
                    {places.slice(inSight).map((place) => (
                      <Step key={place.operation} value={value} place={place} />
                    ))}
                  </span>
                </details>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Step({ value, place }: { readonly value: Received; readonly place: Destination }) {
  const { operation: name, field } = place
  const operation = operationNamed(name)
  if (!operation) return null
  const target = { kind: 'operation', name } as const
  const go = (event: MouseEvent) => {
    fillIn(operation, field, value.value)
    // With a modifier it is the browser's: a new tab has no values of ours.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    goTo(target)
  }
  return (
    <a class="chip" href={pathOf(target)} onClick={go} title={`Fill it in as ${field ?? 'bearer token'} of ${name}`}>
      {operation.summary}
      <span class="visually-hidden">
        {' '}
        with this {value.name} ({name})
      </span>
    </a>
  )
}

/** Of a group of which one is sent, the others go. */
function fillIn({ name, exactlyOne }: CataloguedOperation, field: string | undefined, value: string): void {
  if (field === undefined) {
    bearerOf(name).value = value
    return
  }
  const others = exactlyOne.find((group) => group.includes(field)) ?? []
  for (const other of others) setField(name, other, undefined)
  setField(name, field, value)
}
