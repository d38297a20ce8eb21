/** Who may call an operation, and under which names it is known. */
import type { ComponentChildren } from 'preact'
import { routes } from '../../src/client/routes.ts'
import type { CataloguedOperation } from '../catalogue.ts'
import { CopyButton } from './copy-button.tsx'

interface FactsProps {
  readonly operation: CataloguedOperation
}

export function Facts({ operation: { auth, name, flatName, contractId } }: FactsProps) {
  return (
    <dl class="facts">
      <dt>Credentials</dt>
      <dd>{credentials[auth]}</dd>
      {Object.hasOwn(routes, name) && (
        <>
          <dt>In code</dt>
          <dd class="names">
            <Name text={`client.${name}(…)`} copied={`client.${name}`} />
            <Name text={flatName} copied={flatName} />
          </dd>
        </>
      )}
      {contractId !== undefined && (
        <>
          <dt>In the contract</dt>
          <dd class="names">
            <Name text={contractId} copied={contractId} />
          </dd>
        </>
      )}
    </dl>
  )
}

const credentials: Readonly<Record<CataloguedOperation['auth'], ComponentChildren>> = {
  none: 'None of the project. What it needs of the caller, if anything, is said here.',
  project: (
    <>
      Project ID and secret, as user name and password of HTTP Basic. From your backend only: the secret never goes to a
      browser.
    </>
  ),
  public_token: (
    <>
      The project’s public token, in <code>public_token</code>. It is no secret.
    </>
  ),
  frontend: (
    <>
      HTTP Basic with the public token as user name; as password the user’s session token, or the public token again
      while nobody is logged in.
    </>
  ),
  operator: 'None in development; in production the cookie of the operator’s login.',
  operator_bearer: 'None in development; in production the operator’s password as Bearer token.',
}

function Name({ text, copied }: { readonly text: string; readonly copied: string }) {
  return (
    <span class="name">
      <code>{text}</code>
      <CopyButton text={copied} label={`Copy ${copied}`} />
    </span>
  )
}
