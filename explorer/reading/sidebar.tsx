import { catalogue } from '../catalogue.ts'
import { pathOf } from '../place.ts'

export function Sidebar() {
  const { products, operations } = catalogue.value ?? { products: [], operations: [] }
  return (
    <nav aria-label="Operations" class="sidebar">
      {products.map(({ id, title }) => (
        <section key={id}>
          <h2>{title}</h2>
          <ul>
            {operations
              .filter(({ product }) => product === id)
              .map(({ name, summary }) => (
                <li key={name}>
                  <a href={pathOf({ kind: 'operation', name })}>{summary}</a>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </nav>
  )
}
