/** `/sandbox/personas`: a test says who logs in next, so that no page needs to be clicked. */
import { z } from 'zod'
import { endpoint } from '../kernel/endpoint.ts'
import { sandboxPersonaUnknown, sandboxProviderUnknown, sandboxScriptFull } from './errors.ts'
import { personas, readChoice } from './persona.ts'
import { requireProvider } from './providers/index.ts'
import { longestScript, type Sandbox, sandboxOf } from './sandbox.ts'

const Script = z.object({
  personas: z
    .array(
      z.object({
        provider: z.string().optional().describe('Absent: whichever provider is asked first.'),
        persona: z.string().describe('As it was sent.'),
        times: z.int().describe('Logins that it is still good for.'),
      }),
    )
    .describe('Who logs in next, in order.'),
})

const scriptOf = ({ script }: Sandbox) => ({
  personas: script.map(({ provider, text, times }) => ({
    ...(provider !== undefined && { provider }),
    persona: text,
    times,
  })),
})

const known = personas.map(({ name }) => `\`${name}\``).join(', ')

export const scriptPersona = endpoint({
  method: 'POST',
  path: '/sandbox/personas',
  auth: 'none',
  summary: 'Script who logs in next',
  description: `Adds a line to the script. The next login that names no persona uses the first line that fits its provider. Personas: ${known}; those with an e-mail address take one, e.g. \`verified:ada@example.com\`.`,
  errors: [sandboxPersonaUnknown, sandboxProviderUnknown, sandboxScriptFull],
  input: z.object({
    persona: z.string().max(400).describe('Who logs in.'),
    provider: z.string().optional().describe('At which provider only. Default: at any.'),
    times: z.int().min(1).max(10_000).default(1).describe('For how many logins.'),
  }),
  output: Script,
  example: {
    input: { provider: 'google', persona: 'verified:ada@example.com' },
    output: { personas: [{ provider: 'google', persona: 'verified:ada@example.com', times: 1 }] },
  },
  handle({ persona, provider, times }, context) {
    const sandbox = sandboxOf(context)
    const choice = readChoice(persona)
    if ('problem' in choice) throw sandboxPersonaUnknown(choice)
    if (provider !== undefined) requireProvider(provider)
    if (!sandbox.addToScript({ provider, text: persona, choice, times }))
      throw sandboxScriptFull({ most: longestScript })
    return scriptOf(sandbox)
  },
})

export const listScript = endpoint({
  method: 'GET',
  path: '/sandbox/personas',
  auth: 'none',
  summary: 'List who logs in next',
  description: 'What is left of the script.',
  errors: [],
  input: z.object({}),
  output: Script,
  example: { input: {}, output: { personas: [{ persona: 'denied', times: 2 }] } },
  handle: (_input, context) => scriptOf(sandboxOf(context)),
})

export const clearScript = endpoint({
  method: 'DELETE',
  path: '/sandbox/personas',
  auth: 'none',
  summary: 'Forget who logs in next',
  description: 'Empties the script. Do it before each test, so that one test’s leftovers do not log in at another.',
  errors: [],
  input: z.object({}),
  output: Script,
  example: { input: {}, output: { personas: [] } },
  handle(_input, context) {
    const sandbox = sandboxOf(context)
    sandbox.clearScript()
    return scriptOf(sandbox)
  },
})
