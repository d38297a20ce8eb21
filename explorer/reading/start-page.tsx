/** Where one begins: what this is, where it answers, how to authenticate, and the first steps. */
import type { ComponentChildren } from 'preact'
import { catalogue } from '../catalogue.ts'
import { flows } from '../flows/list.ts'
import { guides } from '../guides/list.ts'
import { pathOf } from '../place.ts'
import { CopyButton } from './copy-button.tsx'
import './start-page.css'

export function StartPage() {
  const { baseUrl, version, operations } = catalogue.value ?? { baseUrl: '', version: '', operations: [] }
  return (
    <div class="start">
      <header class="start-head">
        <h1 tabIndex={-1}>API reference</h1>
        <p class="lead">
          Social login, sessions, users and Connected Apps, over HTTP and JSON. All {operations.length} operations of
          this server are here: read them, try them with its own credentials, and copy code that runs as pasted.
        </p>
        <p class="row small soft">
          <span class="badge">version {version}</span>
          <a href="/openapi.json">OpenAPI document</a>
          <a href="/docs/errors">What each error means</a>
        </p>
      </header>
      <BaseUrl baseUrl={baseUrl} />
      <FirstSteps />
      <Products />
      <div class="start-pair">
        <Documents title="Guided flows" kind="flow" documents={flows} />
        <Documents title="Guides" kind="guide" documents={guides} />
      </div>
    </div>
  )
}

function BaseUrl({ baseUrl }: { readonly baseUrl: string }) {
  return (
    <section class="panel" aria-labelledby="base-url">
      <div class="panel-body start-facts">
        <div>
          <h2 id="base-url">Base URL</h2>
          <p class="endpoint">
            <code>{baseUrl}</code>
            <CopyButton text={baseUrl} label="Copy the base URL" />
          </p>
        </div>
        <div>
          <h2>Credentials</h2>
          <dl class="facts">
            <dt>Your backend</dt>
            <dd>HTTP Basic with project ID and secret.</dd>
            <dt>Browsers and apps</dt>
            <dd>The public token; it is no secret.</dd>
            <dt>Connected Apps</dt>
            <dd>OAuth 2.1: their own client ID, and the tokens they get.</dd>
          </dl>
        </div>
      </div>
    </section>
  )
}

function FirstSteps() {
  return (
    <section aria-labelledby="first-steps">
      <h2 id="first-steps">First three steps</h2>
      <ol class="steps">
        <Step title="Log in" href={pathOf({ kind: 'flow', name: 'login' })} link="Watch a login">
          Send the browser to a start URL. The person logs in with a provider, and comes back to you with a token.
        </Step>
        <Step
          title="Trade the token"
          href={pathOf({ kind: 'operation', name: 'oauth.authenticate' })}
          link="Authenticate a login"
        >
          Your backend exchanges it, once, for the user, a session token and a session JWT.
        </Step>
        <Step
          title="Check the session"
          href={pathOf({ kind: 'operation', name: 'sessions.authenticate' })}
          link="Authenticate a session"
        >
          With each request ask whether the session is live, or verify its JWT yourself.
        </Step>
      </ol>
    </section>
  )
}

interface StepProps {
  readonly title: string
  readonly href: string
  readonly link: string
  readonly children: ComponentChildren
}

function Step({ title, href, link, children }: StepProps) {
  return (
    <li>
      <h3>{title}</h3>
      <p>{children}</p>
      <a href={href}>{link}</a>
    </li>
  )
}

function Products() {
  const { products, operations } = catalogue.value ?? { products: [], operations: [] }
  return (
    <section aria-labelledby="products">
      <h2 id="products">Products</h2>
      <ul class="cards">
        {products.map(({ id, title, description }) => {
          const [first, ...others] = operations.filter(({ product }) => product === id)
          if (!first) return null
          return (
            <li key={id}>
              <a class="card" href={pathOf({ kind: 'operation', name: first.name })}>
                <span class="card-title">
                  {title} <span class="soft tiny">{others.length + 1}</span>
                </span>
                <span class="soft small">{description}</span>
              </a>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

interface DocumentsProps {
  readonly title: string
  readonly kind: 'flow' | 'guide'
  readonly documents: readonly { readonly name: string; readonly title: string }[]
}

function Documents({ title, kind, documents }: DocumentsProps) {
  return (
    <section aria-labelledby={`start-${kind}s`}>
      <h2 id={`start-${kind}s`}>{title}</h2>
      <ul class="plain-links">
        {documents.map(({ name, title: words }) => (
          <li key={name}>
            <a href={pathOf({ kind, name })}>{words}</a>
          </li>
        ))}
      </ul>
    </section>
  )
}
