/** Where the page begins: the catalogue is loaded, then everything is drawn from it. */
import { render } from 'preact'
import './style.css'
import { App } from './app.tsx'
import { loadCatalogue } from './catalogue.ts'
import { followLinks } from './place.ts'

followLinks()
const root = document.getElementById('page')
if (root) {
  render(<App />, root)
  void loadCatalogue()
}
