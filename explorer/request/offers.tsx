/** Values for a field that are at hand: received from an answer, or public ones of the profile. One click puts them in. */
import type { CataloguedOperation } from '../catalogue.ts'
import { challengeOf, newVerifier } from '../flows/pkce.ts'
import { type Json, setField } from './draft.ts'
import { fits, type Received, shortened } from './flow.ts'
import { type Profile, profileInUse } from './gateway.ts'
import { received, remember } from './received.ts'

interface OffersProps {
  readonly operation: CataloguedOperation
  readonly field: string
  readonly value: Json | undefined
  readonly onChange: (value: string) => void
}

export function FieldOffers({ operation, field, value, onChange }: OffersProps) {
  const profile = profileInUse()
  const fitting = received.value.filter((one) => fits(operation, field, one))
  if (field === 'code_challenge' && value === undefined) return <PkceOffer operation={operation} onChange={onChange} />
  return <Offers name={field} values={[...ofProfile(profile, field), ...fitting]} value={value} onChange={onChange} />
}

/** The verifier is remembered like a received value, so that the form which needs it offers it. */
function PkceOffer({ operation, onChange }: Pick<OffersProps, 'operation' | 'onChange'>) {
  // Browsers hash on secure origins only; a server in a local network is reached over plain HTTP.
  if (!globalThis.isSecureContext) return null
  const make = async () => {
    const verifier = newVerifier()
    remember([{ name: 'code_verifier', value: verifier, path: 'code_verifier', from: operation.name }])
    if ('code_challenge_method' in operation.input.properties) setField(operation.name, 'code_challenge_method', 'S256')
    onChange(await challengeOf(verifier))
  }
  return (
    <div class="offers">
      <button type="button" class="chip offer" onClick={() => void make()}>
        Make one <span class="soft">and keep its code_verifier for the next form</span>
      </button>
    </div>
  )
}

const publicNames = ['project_id', 'public_token'] as const

function ofProfile(profile: Profile | undefined, field: string): readonly Received[] {
  const name = publicNames.find((one) => one === field)
  const value = name && profile?.[name]
  return name && value ? [{ name, value, path: name, from: 'the profile' }] : []
}

/** Fields of an operation that the profile can fill in, with their values. */
export function publicValues(operation: CataloguedOperation): { readonly [field: string]: string } {
  const profile = profileInUse()
  const required = operation.input.required ?? []
  return Object.fromEntries(
    publicNames
      .flatMap((name) => ofProfile(profile, required.includes(name) ? name : ''))
      .map(({ name, value }) => [name, value]),
  )
}

interface OfferListProps extends Omit<OffersProps, 'operation' | 'field'> {
  /** Of the field. */
  readonly name: string
  /** The likeliest first. */
  readonly values: readonly Received[]
}

export function Offers({ name, values, value, onChange }: OfferListProps) {
  const [first, ...others] = values.filter((one) => one.value !== value)
  if (!first) return null
  return (
    <div class="offers">
      <Offer name={name} offer={first} onChange={onChange} />
      {others.length > 0 && (
        <details class="fold more-offers">
          <summary>{others.length} more</summary>
          <div class="offers">
            {others.map((offer) => (
              <Offer key={`${offer.path}=${offer.value}`} name={name} offer={offer} onChange={onChange} />
            ))}
          </div>
        </details>
      )}
    </div>
  )
}

interface OfferProps extends Pick<OfferListProps, 'name' | 'onChange'> {
  readonly offer: Received
}

function Offer({ name, offer, onChange }: OfferProps) {
  return (
    <button type="button" class="chip offer" onClick={() => onChange(offer.value)}>
      Use <code>{shortened(offer.value)}</code>
      <span class="soft">
        {offer.name === name ? '' : `${offer.path}, `}from {offer.from}
      </span>
      <span class="visually-hidden"> for {name}</span>
    </button>
  )
}
