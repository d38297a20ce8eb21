/** `GET /v1/rbac/policy` (docs/wire/connected-apps.md). Clients keep it for minutes and decide by it themselves. */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'

const PermissionShape = z.object({
  resource_id: z.string(),
  actions: z.array(z.string()).describe('`*` covers every action of the resource.'),
})

const RoleShape = z.object({
  role_id: z.string(),
  description: z.string(),
  permissions: z.array(PermissionShape),
})

export const getRbacPolicy = endpoint({
  method: 'GET',
  path: '/v1/rbac/policy',
  auth: 'project',
  contractId: 'api_consumer_rbac_v1_Policy',
  summary: 'Get the RBAC policy',
  description:
    'Roles, resources and scopes as the project file declares them. The role `stytch_user`, which every user has, is always among them. The three lists are always there, empty if need be.',
  errors: [],
  input: z.object({}),
  output: z.object({
    policy: z.object({
      roles: z.array(RoleShape),
      resources: z.array(z.object({ resource_id: z.string(), description: z.string(), actions: z.array(z.string()) })),
      scopes: z.array(z.object({ scope: z.string(), description: z.string(), permissions: z.array(PermissionShape) })),
    }),
  }),
  example: {
    input: {},
    output: {
      policy: {
        roles: [
          {
            role_id: 'stytch_user',
            description: 'Every user.',
            permissions: [{ resource_id: 'documents', actions: ['read'] }],
          },
        ],
        resources: [{ resource_id: 'documents', description: '', actions: ['read', 'write'] }],
        scopes: [
          {
            scope: 'read:documents',
            description: 'Read your documents',
            permissions: [{ resource_id: 'documents', actions: ['read'] }],
          },
        ],
      },
    },
  },
  handle: (_, { project: { rbac } }) => ({ policy: rbac }),
})
