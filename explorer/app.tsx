/** The frame: a sidebar with everything there is, and the place where the reader is. */
import { catalogue, catalogueProblem, operationNamed } from './catalogue.ts'
import { FlowPage } from './flows/flow-page.tsx'
import { GuidePage } from './guides/guide-page.tsx'
import { place } from './place.ts'
import { OperationPage } from './reading/operation-page.tsx'
import { Sidebar } from './reading/sidebar.tsx'
import { StartPage } from './reading/start-page.tsx'

export function App() {
  if (catalogueProblem.value !== undefined) {
    return (
      <main>
        <p class="notice" role="alert">
          {catalogueProblem.value}
        </p>
      </main>
    )
  }
  if (!catalogue.value) return <p class="loading">Loading the reference…</p>
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Sidebar />
      <main id="content">
        <Content />
      </main>
    </>
  )
}

function Content() {
  const here = place.value
  if (here.kind === 'flow') return <FlowPage name={here.name} />
  if (here.kind === 'guide') return <GuidePage name={here.name} />
  if (here.kind === 'start') return <StartPage />
  const operation = operationNamed(here.name)
  if (operation) return <OperationPage key={operation.name} operation={operation} />
  return (
    <>
      <h1 tabIndex={-1}>There is no operation {here.name}</h1>
      <p>
        Search for it on the left, or <a href="/reference">begin at the start</a>.
      </p>
    </>
  )
}
