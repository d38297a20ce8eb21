/** The frame: a sidebar with everything there is, and the place where the reader is. */
import { useEffect } from 'preact/hooks'
import { catalogue, catalogueProblem, operationNamed } from './catalogue.ts'
import { FlowPage } from './flows/flow-page.tsx'
import { flows } from './flows/list.ts'
import { GuidePage } from './guides/guide-page.tsx'
import { guides } from './guides/list.ts'
import { type Place, pathOf, place } from './place.ts'
import { Brand } from './reading/brand.tsx'
import { Icon } from './reading/icon.tsx'
import { isMenuOpen } from './reading/menu.ts'
import { OperationPage } from './reading/operation-page.tsx'
import { SearchButton, SearchDialog } from './reading/search-dialog.tsx'
import { Sidebar } from './reading/sidebar.tsx'
import { StartPage } from './reading/start-page.tsx'
import './reading/frame.css'

export function App() {
  if (catalogueProblem.value !== undefined) {
    return (
      <main>
        <p class="notice bad" role="alert">
          {catalogueProblem.value}
        </p>
      </main>
    )
  }
  if (!catalogue.value) return <p class="loading">Loading the reference…</p>
  return (
    <>
      <a class="skip button" href="#content">
        Skip to the content
      </a>
      <TopBar />
      <div class="frame">
        <Sidebar />
        <main id="content" tabIndex={-1} inert={isMenuOpen.value}>
          <Content />
        </main>
      </div>
      <SearchDialog />
    </>
  )
}

/** Only where the sidebar is a drawer. */
function TopBar() {
  return (
    <header class="top-bar" inert={isMenuOpen.value}>
      <button
        type="button"
        class="button quiet square menu-button"
        aria-label="Menu"
        aria-expanded={isMenuOpen.value}
        aria-controls="menu"
        onClick={() => (isMenuOpen.value = true)}
      >
        <Icon name="menu" />
      </button>
      <Brand />
      <SearchButton isIconOnly />
    </header>
  )
}

function Content() {
  const here = place.value
  useEffect(() => {
    const title = titleOf(here)
    document.title = title === undefined ? 'API reference' : `${title} · API reference`
  }, [here])
  if (here.kind === 'flow') return <FlowPage key={pathOf(here)} name={here.name} />
  if (here.kind === 'guide') return <GuidePage key={pathOf(here)} name={here.name} />
  if (here.kind === 'start') return <StartPage />
  const operation = operationNamed(here.name)
  if (operation) return <OperationPage key={operation.name} operation={operation} />
  return (
    <div class="stack">
      <h1 tabIndex={-1}>There is no operation {here.name}</h1>
      <p>
        Search for it, or <a href="/reference">begin at the start</a>.
      </p>
    </div>
  )
}

/** What the place is called; the start, and what there is not, have no title of their own. */
function titleOf(here: Place): string | undefined {
  if (here.kind === 'start') return undefined
  if (here.kind === 'operation') return operationNamed(here.name)?.summary
  const documents = here.kind === 'flow' ? flows : guides
  return documents.find(({ name }) => name === here.name)?.title
}
