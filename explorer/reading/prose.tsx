/** Our sentences: what stands in backticks is code, and the name of an operation leads to it; an empty line begins a paragraph. */
import { operationNamed } from '../catalogue.ts'
import { pathOf } from '../place.ts'

/** A run of text inside somebody else's element. */
export function Prose({ text }: { readonly text: string }) {
  return <>{text.split('`').map((part, at) => (at % 2 === 1 ? <Code key={at} text={part} /> : part))}</>
}

/** Whole paragraphs. */
export function Paragraphs({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(/\n\s*\n/).map((paragraph) => (
        <p key={paragraph}>
          <Prose text={paragraph} />
        </p>
      ))}
    </>
  )
}

function Code({ text }: { readonly text: string }) {
  if (!operationNamed(text)) return <code>{text}</code>
  return (
    <a href={pathOf({ kind: 'operation', name: text })}>
      <code>{text}</code>
    </a>
  )
}
