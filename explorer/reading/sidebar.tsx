/** Everything there is, by product. Where the window is narrow it is a drawer behind the button of the top bar. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { type CataloguedOperation, catalogue } from '../catalogue.ts'
import { flows } from '../flows/list.ts'
import { guides } from '../guides/list.ts'
import { type Place, pathOf, place } from '../place.ts'
import { Brand } from './brand.tsx'
import { Icon } from './icon.tsx'
import { isMenuOpen } from './menu.ts'
import { MethodBadge } from './method-badge.tsx'
import { SearchButton } from './search-dialog.tsx'
import './sidebar.css'

export function Sidebar() {
  const drawer = useRef<HTMLElement>(null)
  const here = place.value
  const isOpen = isMenuOpen.value
  useEffect(() => {
    if (!isOpen) return
    drawer.current?.querySelector<HTMLElement>('.menu-close')?.focus()
    const closeByKey = (event: KeyboardEvent) => event.key === 'Escape' && closeMenu()
    document.addEventListener('keydown', closeByKey)
    return () => document.removeEventListener('keydown', closeByKey)
  }, [isOpen])
  useEffect(() => {
    isMenuOpen.value = false
    const current = drawer.current?.querySelector('[aria-current="page"]')
    const group = current?.closest('details')
    if (group) group.open = true
    current?.scrollIntoView({ block: 'nearest', behavior: 'instant' })
  }, [here])
  return (
    <>
      {isOpen && (
        // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: keys have Escape and the button
        <div class="backdrop" onClick={closeMenu} />
      )}
      <nav id="menu" ref={drawer} aria-label="Reference" class={`sidebar${isOpen ? ' open' : ''}`}>
        <div class="sidebar-head">
          <div class="row apart">
            <Brand />
            <button
              type="button"
              class="button quiet square menu-close"
              aria-label="Close the menu"
              onClick={closeMenu}
            >
              <Icon name="close" />
            </button>
          </div>
          <SearchButton />
        </div>
        <Lists />
      </nav>
    </>
  )
}

/** The focus goes back to the button, which can take it only once it is drawn as part of the page again. */
function closeMenu(): void {
  isMenuOpen.value = false
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.menu-button')?.focus())
}

function Lists() {
  const { products, operations } = catalogue.value ?? { products: [], operations: [] }
  return (
    <div class="sidebar-lists">
      <ul>
        <SidebarLink to={{ kind: 'start' }}>Overview</SidebarLink>
      </ul>
      <h2>Guides</h2>
      <ul>
        {guides.map(({ name, title }) => (
          <SidebarLink key={name} to={{ kind: 'guide', name }}>
            {title}
          </SidebarLink>
        ))}
      </ul>
      <h2>Guided flows</h2>
      <ul>
        {flows.map(({ name, title }) => (
          <SidebarLink key={name} to={{ kind: 'flow', name }}>
            {title}
          </SidebarLink>
        ))}
      </ul>
      <h2>Operations</h2>
      {products.map(({ id, title }) => (
        <ProductGroup key={id} title={title} operations={operations.filter(({ product }) => product === id)} />
      ))}
    </div>
  )
}

interface ProductGroupProps {
  readonly title: string
  readonly operations: readonly CataloguedOperation[]
}

function ProductGroup({ title, operations }: ProductGroupProps) {
  return (
    <details class="fold product">
      <summary>
        {title}
        <span class="product-size" aria-hidden="true">
          {operations.length}
        </span>
      </summary>
      <ul>
        {operations.map(({ name, summary, method }) => (
          <SidebarLink key={name} to={{ kind: 'operation', name }}>
            <span>{summary}</span> <MethodBadge method={method} />
          </SidebarLink>
        ))}
      </ul>
    </details>
  )
}

function SidebarLink({ to, children }: { readonly to: Place; readonly children: ComponentChildren }) {
  const path = pathOf(to)
  const isHere = pathOf(place.value) === path
  return (
    <li>
      <a href={path} aria-current={isHere ? 'page' : undefined}>
        {children}
      </a>
    </li>
  )
}
