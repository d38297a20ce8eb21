/** One operation: what it is for, what it takes and answers, and beside it the way to try and to copy it. */
import { useEffect } from 'preact/hooks'
import { type CataloguedOperation, catalogue } from '../catalogue.ts'
import { pathOf, place } from '../place.ts'
import { RequestPanel } from '../request/request-panel.tsx'
import { SnippetPanel } from '../snippets/snippet-panel.tsx'
import { showAnchor } from './anchor.ts'
import { Answer } from './answer.tsx'
import { CopyButton } from './copy-button.tsx'
import { inputByPlace, type Travels } from './describe.ts'
import { ErrorList } from './error-list.tsx'
import { Facts } from './facts.tsx'
import { FieldList } from './field-list.tsx'
import { Icon } from './icon.tsx'
import { MethodBadge } from './method-badge.tsx'
import { Paragraphs } from './prose.tsx'
import './operation-page.css'

interface OperationProps {
  readonly operation: CataloguedOperation
}

export function OperationPage({ operation }: OperationProps) {
  // A place is new with each arrival, also with one at another part of the same operation.
  useEffect(showAnchor, [place.value])
  useEffect(() => {
    addEventListener('hashchange', showAnchor)
    return () => removeEventListener('hashchange', showAnchor)
  }, [])
  return (
    <div class="operation">
      <Introduction operation={operation} />
      <aside aria-label="Try it">
        <RequestPanel operation={operation} />
        <SnippetPanel operation={operation} />
      </aside>
      <div class="operation-details">
        <Input operation={operation} />
        <Answer operation={operation} />
        <ErrorList operation={operation} />
        <Neighbours operation={operation} />
      </div>
    </div>
  )
}

function Introduction({ operation }: OperationProps) {
  const { method, path, summary, description, kind, product } = operation
  const title = catalogue.value?.products.find(({ id }) => id === product)?.title ?? product
  const baseUrl = catalogue.value?.baseUrl ?? ''
  return (
    <header class="introduction">
      <p class="row">
        <span class="badge accent">{title}</span>
        {kind === 'page' && <span class="badge">opened by a browser</span>}
        {kind === 'document' && <span class="badge">a document</span>}
        {kind === 'gateway' && <span class="badge">for programs</span>}
      </p>
      <h1 tabIndex={-1}>{summary}</h1>
      <div class="endpoint">
        <MethodBadge method={method} />
        <code>
          <Path path={path} />
        </code>
        <CopyButton text={`${baseUrl}${path}`} label="Copy the address" />
      </div>
      <div class="lead">
        <Paragraphs text={description} />
      </div>
      <Facts operation={operation} />
    </header>
  )
}

/** Breaks at slashes, and shows what is filled in. */
function Path({ path }: { readonly path: string }) {
  return (
    <>
      {path.split(/(?=\/)|(\{[^}]*\})/).map((part, at) =>
        part?.startsWith('{') ? (
          <span key={at} class="placeholder">
            {part}
          </span>
        ) : (
          part && [<wbr key={`${part} break`} />, part]
        ),
      )}
    </>
  )
}

const travels: Readonly<Record<Travels, string>> = {
  path: 'In the path',
  query: 'In the query',
  body: 'In the body',
}

function Input({ operation }: OperationProps) {
  const places = inputByPlace(operation)
  return (
    <section aria-labelledby="input" class="part">
      <div class="part-head">
        <h2 id="input">Fields</h2>
      </div>
      {places.length === 0 && <p class="soft">It takes none.</p>}
      {places.map(({ place, fields }) => (
        <section key={place} aria-labelledby={`input-${place}`}>
          <h3 id={`input-${place}`} class="place">
            {travels[place]}
          </h3>
          <FieldList fields={fields} side="field" exactlyOne={operation.exactlyOne} />
        </section>
      ))}
    </section>
  )
}

function Neighbours({ operation }: OperationProps) {
  const operations = catalogue.value?.operations ?? []
  const at = operations.indexOf(operation)
  const [previous, next] = [operations[at - 1], operations[at + 1]]
  return (
    <nav class="neighbours" aria-label="Previous and next operation">
      {previous && (
        <a href={pathOf({ kind: 'operation', name: previous.name })} rel="prev">
          <Icon name="previous" />
          <span>
            <span class="tiny soft">Previous</span>
            {previous.summary}
          </span>
        </a>
      )}
      {next && (
        <a class="next" href={pathOf({ kind: 'operation', name: next.name })} rel="next">
          <span>
            <span class="tiny soft">Next</span>
            {next.summary}
          </span>
          <Icon name="next" />
        </a>
      )}
    </nav>
  )
}
