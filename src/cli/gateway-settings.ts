/** Whose credentials the gateway holds, from the configuration of a process. */
import { type Config, ConfigError } from '../config.ts'
import type { GatewaySettings } from '../gateway/index.ts'
import { developmentProject } from './development-project.ts'

/** Of `serve`: none unless profiles are set. Throws `ConfigError` where nobody would have to log in. */
export function productionGateway({ referenceProfiles, operatorPassword }: Config): GatewaySettings | undefined {
  if (referenceProfiles.length === 0) return undefined
  if (operatorPassword !== undefined) return { profiles: referenceProfiles, operatorPassword }
  throw new ConfigError(
    'SELVAGE_OPERATOR_PASSWORD is not set. With SELVAGE_REFERENCE_PROFILES it must be: at least 16 characters, best random ones.',
  )
}

/** Of `dev`: the seeded project, whose secret everybody knows, and what is set beside that. */
export function developmentGateway({ referenceProfiles, operatorPassword }: Config): GatewaySettings {
  const seeded = { name: 'development', projectId: developmentProject.id, secret: developmentProject.secret }
  return { profiles: [seeded, ...referenceProfiles], operatorPassword }
}
