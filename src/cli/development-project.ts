/**
 * The project that `selvage dev` begins with. Its ids and its secret are the same everywhere, so that tests and examples can
 * name them; that is safe because `selvage serve` refuses this secret.
 */
import { hashToken } from '../crypto/token.ts'
import { ProjectSettings } from '../projects/project.ts'
import type { DeclaredProject } from '../projects/project-file.ts'
import { emptyPolicy } from '../projects/rbac-policy.ts'

const uuid = '00000000-0000-4000-8000-000000000000'

export const developmentProject = {
  id: `project-test-${uuid}`,
  publicToken: `public-token-test-${uuid}`,
  callbackId: `oauth-callback-test-${uuid}`,
  secret: 'secret-test-selvage-development-only-not-a-secret-0',
} as const

/** Where the app of the vendor's own examples listens. */
const exampleApp = 'http://localhost:3000/authenticate'

/** Pages of the server itself, so that a login ends somewhere before there is an app. */
export const landingUrls = (baseUrl: string) => ({
  login: `${baseUrl}/dev/authenticate`,
  signup: `${baseUrl}/dev/welcome`,
})

/** Where the windows of the reference's guided flows end. */
const flowLanding = (baseUrl: string): string => `${baseUrl}/reference/flows/landed`

export function declaredDevelopmentProject(baseUrl: string): DeclaredProject {
  const { id, publicToken, callbackId, secret } = developmentProject
  const { login, signup } = landingUrls(baseUrl)
  return {
    id,
    name: 'Development',
    callbackId,
    secrets: [{ hash: hashToken(secret), lastFour: secret.slice(-4) }],
    publicTokens: [publicToken],
    redirectUrls: [
      { type: 'LOGIN', url: login, isDefault: true },
      { type: 'LOGIN', url: exampleApp, isDefault: false },
      { type: 'LOGIN', url: flowLanding(baseUrl), isDefault: false },
      { type: 'SIGNUP', url: signup, isDefault: true },
      { type: 'SIGNUP', url: exampleApp, isDefault: false },
      { type: 'SIGNUP', url: flowLanding(baseUrl), isDefault: false },
    ],
    providers: [],
    settings: ProjectSettings.parse({}),
    rbac: emptyPolicy,
    trustedTokenProfiles: [],
    connectedApps: [],
    m2mClients: [],
  }
}
