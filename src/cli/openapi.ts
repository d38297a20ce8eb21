/** `selvage openapi`: the OpenAPI document of this version, for generators and diffs. */
import { defineCommand } from 'citty'
import { api } from '../api.ts'
import { openApiDocument } from '../kernel/openapi.ts'
import { version } from '../version.ts'

export default defineCommand({
  meta: { name: 'openapi', description: 'Print the OpenAPI 3.1 document, as GET /openapi.json answers it.' },
  args: {
    'base-url': {
      type: 'string',
      description: 'Server URL in the document',
      default: 'http://localhost:4100',
      valueHint: 'url',
    },
  },
  run: ({ args }) => console.log(JSON.stringify(openApiDocument(api, { baseUrl: args['base-url'], version }), null, 2)),
})
