/** Colours for code, by a handful of rules that hold in all our languages well enough. Pure. */
import type { Language } from './languages.ts'

export interface Run {
  readonly text: string
  readonly kind?: 'comment' | 'string' | 'number' | 'word'
}

const words = new Set(
  'import from const await new package func main if err return require true false nil null None True False curl'.split(
    ' ',
  ),
)

/** Comment, string, number or name; whatever is between them has no colour. */
const rules =
  /(\/\/[^\n]*)|("(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|`(?:\\[\s\S]|[^`\\])*`)|(\b\d+(?:\.\d+)?\b)|([A-Za-z_]\w*)/g
/** A shell knows neither `//` nor escapes in single quotes. */
const shellRules = /($^)|("(?:\\[\s\S]|[^"\\])*"|'[^']*')|($^)|((?<= )--?[a-z-]+|^curl)/g

/** The code in runs, whose texts put together are the code again. */
export function coloured(code: string, language: Language['id']): readonly Run[] {
  const runs: Run[] = []
  let at = 0
  for (const match of code.matchAll(language === 'curl' ? shellRules : rules)) {
    const [text, comment, string, number] = match
    const kind = comment ? 'comment' : string ? 'string' : number ? 'number' : isWord(text) ? 'word' : undefined
    if (kind === undefined) continue
    if (match.index > at) runs.push({ text: code.slice(at, match.index) })
    runs.push({ text, kind })
    at = match.index + text.length
  }
  if (at < code.length) runs.push({ text: code.slice(at) })
  return runs
}

const isWord = (text: string): boolean => words.has(text) || text.startsWith('-')
