/** What an operation answers: the fields of a success, and an example. */
import type { CataloguedOperation } from '../catalogue.ts'
import { fieldsOf } from './describe.ts'
import { FieldList } from './field-list.tsx'
import { JsonView } from './json-view.tsx'

interface AnswerProps {
  readonly operation: CataloguedOperation
}

export function Answer({ operation }: AnswerProps) {
  const fields = fieldsOf(operation.output)
  const example = exampleOf(operation)
  return (
    <section aria-labelledby="answer" class="part">
      <div class="part-head">
        <h2 id="answer">Answer</h2>
        {isJson(operation) && <span class="badge good">{operation.status}</span>}
      </div>
      <AnswerWords operation={operation} />
      {operation.kind !== 'document' && fields.length > 0 && <FieldList fields={fields} side="answer" />}
      {example && (
        <figure class="example">
          <figcaption>Example</figcaption>
          <JsonView value={example} label="Example answer" />
        </figure>
      )}
    </section>
  )
}

function AnswerWords({ operation }: AnswerProps) {
  const { kind, isWrapped, output, status } = operation
  if (kind === 'document') return <p class="soft">A document, not JSON of the API.</p>
  if (kind === 'page') {
    const redirects = 'redirect_url' in output.properties
    return <p class="soft">{redirects ? 'A redirect for the browser, or a page.' : 'A page for the browser.'}</p>
  }
  if (status === 204) return <p class="soft">No body.</p>
  if (!hasEnvelope(operation)) return <p class="soft">{bareWords(operation)}</p>
  return (
    <p class="soft">
      {isWrapped && (
        <>
          The fields stand in <code>data</code>.{' '}
        </>
      )}
      {fieldsOf(output).length === 0 ? 'JSON with nothing but ' : 'JSON. Besides what is listed every answer has '}
      <code>status_code</code>, the HTTP status again, and <code>request_id</code>, which names the request in the
      server’s log.
    </p>
  )
}

const bareWords = ({ product }: CataloguedOperation): string =>
  product === 'sandbox' ? 'As the provider that is played answers.' : 'JSON with these fields, and no others.'

const isJson = ({ kind }: CataloguedOperation): boolean => kind === 'call' || kind === 'gateway'

const hasEnvelope = (operation: CataloguedOperation): boolean =>
  isJson(operation) && !operation.isBare && operation.status !== 204

/** As it comes over the wire: with the envelope's members, and wrapped where the operation wraps. */
function exampleOf(operation: CataloguedOperation): object | undefined {
  const { example, isWrapped } = operation
  if (!example?.output || !isJson(operation) || operation.status === 204) return undefined
  if (!hasEnvelope(operation)) return example.output
  const envelope = { status_code: operation.status, request_id: 'request-id-test-8f14e45f-ceea-467f-a0b1-2c3d4e5f6a7b' }
  const whole = { ...example.output, ...envelope }
  return isWrapped ? { data: whole } : whole
}
