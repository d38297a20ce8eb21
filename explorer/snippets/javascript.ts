/** How JavaScript writes values; shared by every snippet of it. */
import { doubleQuoted, isPlainName, type Style } from './literal.ts'

const singleQuoted = (value: string): string =>
  `'${doubleQuoted(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

export const javascript: Style = {
  text: singleQuoted,
  variable: (name) => `process.env.${name}`,
  words: { true: 'true', false: 'false', null: 'null' },
  list: ['[', ']'],
  record: ['{', '}'],
  key: (name) => `${isPlainName(name) ? name : singleQuoted(name)}: `,
  indent: '  ',
  padding: ' ',
}

/** In strict TypeScript a variable may be absent. */
export const typescriptStyle: Style = { ...javascript, variable: (name) => `process.env.${name} ?? ''` }
