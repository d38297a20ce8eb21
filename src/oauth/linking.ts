/**
 * Which user an identity belongs to: a pure decision table, from docs/wire/oauth-login.md. The store carries the decision
 * out in the transaction that read the facts.
 */

export interface LinkingFacts {
  /** The user that an attach token was made for. */
  readonly attachTo?: string | undefined
  /** Who already has this (provider, subject). */
  readonly registeredTo?: string | undefined
  /** Who has the address that the provider vouches for; absent when it vouches for none. */
  readonly emailOwner?: { readonly userId: string; readonly verified: boolean } | undefined
}

export type LinkingDecision =
  /** Attaching never merges two users. */
  | { readonly kind: 'refuse' }
  /** The identity is known. */
  | { readonly kind: 'log in'; readonly userId: string }
  /**
   * The identity is new and joins an existing user. `takeover`: the user's own claim to the address was never proven, the
   * provider's is, so whatever could be used without that proof is dropped: sessions, tokens, other accounts and addresses,
   * and passwords, once there are.
   */
  | { readonly kind: 'join'; readonly userId: string; readonly takeover: boolean }
  /** Nobody has it: a new user. */
  | { readonly kind: 'sign up' }

export function decideLinking({ attachTo, registeredTo, emailOwner }: LinkingFacts): LinkingDecision {
  if (attachTo !== undefined && registeredTo !== undefined && registeredTo !== attachTo) return { kind: 'refuse' }
  if (registeredTo !== undefined) return { kind: 'log in', userId: registeredTo }
  if (attachTo !== undefined) return { kind: 'join', userId: attachTo, takeover: false }
  if (emailOwner) return { kind: 'join', userId: emailOwner.userId, takeover: !emailOwner.verified }
  return { kind: 'sign up' }
}
