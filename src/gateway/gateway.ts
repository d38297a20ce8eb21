/** What the gateway holds: credentials by name, so that whoever reads the reference needs none of their own. */
import { environmentOf } from '../crypto/token.ts'
import type { ProjectDirectory } from '../projects/index.ts'
import { profileNotFound } from './errors.ts'

/** Credentials of one project, under a name that may be shown. */
export interface Profile {
  readonly name: string
  readonly projectId: string
  readonly secret: string
}

export interface GatewaySettings {
  /** The first is the default. Of two with one name the later one counts. */
  readonly profiles: readonly Profile[]
  /** Whoever uses the gateway has to know it. Only `dev` may do without. */
  readonly operatorPassword?: string | undefined
}

declare module '../kernel/endpoint.ts' {
  interface Context {
    /** `undefined`: there is none here. */
    readonly gateway: Gateway | undefined
  }
  interface Principals {
    /** A page of ours, in front of which an operator is logged in. */
    readonly operator: { readonly gateway: Gateway; readonly csrfToken: string }
    /** A program that knows the operator’s password. */
    readonly operator_bearer: { readonly gateway: Gateway }
  }
}

export class Gateway {
  readonly operatorPassword: string | undefined
  readonly #profiles: ReadonlyMap<string, Profile>
  readonly #port: () => number | undefined

  /** `port`: where the server listens, once it does. Throws without a password where one is needed. */
  constructor(
    { profiles, operatorPassword }: GatewaySettings,
    { needsPassword, port }: { readonly needsPassword: boolean; readonly port: () => number | undefined },
  ) {
    if (needsPassword && operatorPassword === undefined)
      throw new Error('A gateway in production needs an operator password.')
    this.operatorPassword = operatorPassword
    this.#profiles = new Map(profiles.map((profile) => [profile.name, profile]))
    this.#port = port
  }

  get port(): number | undefined {
    return this.#port()
  }

  /** Without a name: the first. Throws `profile_not_found`. */
  profile(name?: string): Profile {
    const found = name === undefined ? [...this.#profiles.values()][0] : this.#profiles.get(name)
    if (!found) throw profileNotFound({ name: (name ?? 'default').slice(0, 100) })
    return found
  }

  /** What may be told of each. */
  async describe(projects: ProjectDirectory) {
    return Promise.all(
      [...this.#profiles.values()].map(async ({ name, projectId }) => ({
        name,
        project_id: projectId,
        public_token: await publicTokenOf(projects, projectId),
        environment: environmentOf(projectId),
      })),
    )
  }
}

/** `undefined` where the project has none, or is not here yet. */
export async function publicTokenOf(projects: ProjectDirectory, projectId: string): Promise<string | undefined> {
  return (await projects.byId(projectId))?.publicTokens[0]
}
