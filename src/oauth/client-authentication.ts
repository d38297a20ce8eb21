/** Authenticating ourselves at a provider's token endpoint (RFC 6749 §2.3.1), by the method that its record names. */
import * as oauth from 'oauth4webapi'
import { readP256Key, signEs256 } from '../crypto/client-secret.ts'
import type { Account } from './upstream.ts'

/** How long, in seconds, a client secret that we sign is valid. Apple would take six months; it is used at once. */
const signedSecretLifetime = 300

/** `now`: by the clock that the provider goes by. */
export async function clientAuthentication(
  { provider, clientId, clientSecret, settings, endpoints }: Account,
  now: Date,
): Promise<oauth.ClientAuth> {
  switch (provider.clientAuthentication) {
    case 'client_secret_basic':
      return basic(clientSecret)
    case 'client_secret_post':
      return inBody(provider.clientIdParameter ?? 'client_id', clientId, clientSecret)
    case 'signed_jwt': {
      const key = readP256Key(clientSecret)
      if (!key) throw new Error(`The private key for ${provider.name} cannot be read.`)
      const iat = Math.floor(now.getTime() / 1_000)
      const secret = await signEs256({
        key,
        keyId: settings.key_id ?? '',
        claims: {
          iss: settings.team_id ?? '',
          iat,
          exp: iat + signedSecretLifetime,
          aud: endpoints.issuer ?? '',
          sub: clientId,
        },
      })
      return oauth.ClientSecretPost(secret)
    }
  }
}

const inBody =
  (idParameter: string, clientId: string, clientSecret: string): oauth.ClientAuth =>
  (_server, _client, body) => {
    body.set(idParameter, clientId)
    body.set('client_secret', clientSecret)
  }

/**
 * The library escapes `-`, `_`, `.` and `~` as well, which the form encoding of RFC 6749 §2.3.1 does not ask for and which
 * providers that skip the decoding then take for part of the secret. Sent as they are, both kinds of provider are right.
 */
const basic =
  (clientSecret: string): oauth.ClientAuth =>
  (_server, client, _body, headers) => {
    const credentials = `${formEncoded(client.client_id)}:${formEncoded(clientSecret)}`
    headers.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`)
  }

const formEncoded = (text: string): string =>
  new URLSearchParams([['', text]]).toString().slice(1).replaceAll('%7E', '~')
