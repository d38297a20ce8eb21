import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readJson } from './json-text.ts'

const problem = (text: string) => {
  const read = readJson(text)
  return read.ok ? 'it reads' : `${read.line}:${read.column} ${read.text}`
}

test('what does not read is explained where it stands', () => {
  const cases = [
    ['', '1:1 A value is missing at the end.'],
    ['{"a": 1', '1:8 The closing } is missing.'],
    ['{"a": 1,\n', '2:1 The closing } is missing.'],
    ['{\n  "a": 1\n  "b": 2\n}', '3:3 A comma or } is missing here.'],
    ['{"a": 1,}', '1:9 Take away the comma in front of }.'],
    ['[1, 2,]', '1:7 Take away the comma in front of ].'],
    ["{'a': 1}", '1:2 A field name in double quotes is missing here.'],
    ['{a: 1}', '1:2 A field name in double quotes is missing here.'],
    ['{"a" 1}', '1:6 A colon is missing after the field name.'],
    ['{"a": \'b\'}', '1:7 Texts stand in double quotes.'],
    ['{"a": yes}', '1:7 yes is no JSON: put texts in double quotes.'],
    ['{"a": 01}', '1:7 01 is no number that JSON knows.'],
    ['{"a": }', '1:7 A value is missing in front of }.'],
    ['{"a": "b}', '1:7 The closing double quote is missing.'],
    ['{"a": "b\nc"}', '1:9 A line break or tab inside a text is written \\n or \\t.'],
    ['{"a": "C:\\x"}', '1:10 A backslash in a text is written \\\\.'],
    ['{} {}', '1:4 Nothing may follow after the end.'],
  ] as const
  for (const [text, words] of cases) assert.equal(problem(text), words, text)
})

test('it agrees with JSON.parse on what reads, whatever is changed in a text', () => {
  const broken = fc.tuple(fc.jsonValue(), fc.nat(), fc.string({ maxLength: 2 })).map(([value, at, insert]) => {
    const text = JSON.stringify(value, null, 1)
    const place = at % (text.length + 1)
    return text.slice(0, place) + insert + text.slice(place + 1)
  })
  fc.assert(
    fc.property(broken, (text) => {
      const read = readJson(text)
      if (read.ok) assert.deepEqual(read.value, JSON.parse(text))
      else assert.throws(() => JSON.parse(text))
    }),
    { numRuns: 500 },
  )
})
