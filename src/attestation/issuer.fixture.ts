/** Somebody else's authentication system: keys, published on loopback or not, and tokens. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { newToken } from '../crypto/token.ts'
import type { TestApp } from '../testing/app.ts'

export const issuerName = 'https://login.example/'
export const audience = 'https://selvage.example'

/** Made once: RSA keys are slow to make. */
const [rsa, strangersRsa, ec] = await Promise.all([
  generateKeyPair('RS256', { extractable: true }),
  generateKeyPair('RS256', { extractable: true }),
  generateKeyPair('ES256', { extractable: true }),
])
export const pem = { rsa: await exportSPKI(rsa.publicKey), ec: await exportSPKI(ec.publicKey) }

export interface Made {
  readonly alg?: string
  readonly kid?: string | undefined
  readonly key?: Parameters<SignJWT['sign']>[0]
  readonly header?: Record<string, unknown>
  readonly claims?: Record<string, unknown>
}

export const keys = { rsa: rsa.privateKey, strangersRsa: strangersRsa.privateKey, ec: ec.privateKey }

/** A good token for Ada, five minutes long, but for what is said otherwise. A claim that is `undefined` is left out. */
export function makeToken(app: TestApp, { alg = 'RS256', key = keys.rsa, header, claims, ...rest }: Made = {}) {
  const now = Math.floor(app.clock.now().getTime() / 1_000)
  const kid = 'kid' in rest ? rest.kid : 'one'
  const all = {
    iss: issuerName,
    aud: audience,
    sub: 'ada|1',
    iat: now,
    exp: now + 300,
    jti: newToken(),
    email: 'ada@example.com',
    email_verified: true,
    ...claims,
  }
  const payload = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return new SignJWT(payload).setProtectedHeader({ alg, ...(kid !== undefined && { kid }), ...header }).sign(key)
}

export const profileId = (digit: number): string =>
  `trusted-token-profile-test-${String(digit).repeat(8)}-1111-4111-8111-111111111111`

/** Declares profiles for the test project, as applying a project file would. */
export async function declareProfiles({ app }: TestApp, profiles: readonly object[]): Promise<void> {
  const whole = profiles.map((profile, at) => ({
    profile_id: profileId(at + 1),
    name: '',
    issuer: issuerName,
    audience,
    can_jit_provision: true,
    attribute_mapping: { email: 'email', email_verified: 'email_verified', token_id: 'jti', external_user_id: 'sub' },
    ...profile,
  }))
  await app.db.query
    .updateTable('projects')
    .set({ trusted_token_profiles: JSON.stringify(whole) })
    .where('project_id', 'like', '%00000000-0000-4000-8000-000000000000')
    .execute()
  app.projects.forget()
}

/** Publishes the keys; counts how often they were asked for. */
export async function publishKeys() {
  const set = { keys: [{ ...(await exportJWK(rsa.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }] }
  let asked = 0
  const server = createServer((_, response) => {
    asked++
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(set))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
