import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { renderTemplate, TemplateError, templateFault, templateProblem } from './token-template.ts'

const variables = {
  user: {
    external_id: 'customer|1',
    name: 'Ada "The Countess" \\ }} {{ user.secret }}',
    trusted_metadata: { plan: 'pro', seats: 3, nested: { deep: [1, { x: true }] }, 'a-b': 1, none: null },
  },
}
const render = (template: string) => renderTemplate(template, variables)

test('variables become JSON values of every kind', () => {
  assert.deepEqual(render('{ "ext": {{ user.external_id }}, "seats": {{user.trusted_metadata.seats}} }'), {
    ext: 'customer|1',
    seats: 3,
  })
  assert.deepEqual(
    render('{"all":{{ user.trusted_metadata.nested }},"one":{{ user.trusted_metadata.nested.deep.1.x }}}'),
    {
      all: { deep: [1, { x: true }] },
      one: true,
    },
  )
  assert.deepEqual(render('{"list": [{{ user.trusted_metadata.a-b }}, 2, "three"], "object": {"a": {"b": {}}}}'), {
    list: [1, 2, 'three'],
    object: { a: { b: {} } },
  })
})

test('what does not exist is null: unknown roots, unknown members, members of values that have none', () => {
  const paths = ['nobody', 'user.nothing', 'user.external_id.length', 'user.trusted_metadata.none.x', 'user.name.0']
  for (const path of paths) assert.deepEqual(render(`{"a":{{ ${path} }}}`), { a: null }, path)
  const unlikely = { f: () => 1, u: undefined, n: Number.NaN }
  assert.deepEqual(renderTemplate('{"f":{{f}},"u":{{u}},"n":{{n}}}', unlikely), { f: null, u: null, n: null })
})

test('nothing inherited is reached', () => {
  for (const path of [
    'constructor',
    'user.__proto__',
    'user.constructor.name',
    'toString',
    'user.trusted_metadata.nested.deep.length',
  ]) {
    assert.deepEqual(render(`{"a":{{ ${path} }}}`), { a: null }, path)
  }
})

test('an accessor is not run', () => {
  const trap = Object.defineProperty({}, 'x', { get: () => assert.fail('ran'), enumerable: true })
  assert.deepEqual(renderTemplate('{"a":{{ trap.x }}}', { trap }), { a: null })
})

test('a value cannot break out of its place, whatever it holds', () => {
  assert.deepEqual(render('{"name":{{ user.name }}}'), { name: variables.user.name })
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const claims = renderTemplate('{"a": 1, "b": {{ value }}, "c": 2}', { value })
      assert.deepEqual(Object.keys(claims), ['a', 'b', 'c'])
      assert.deepEqual(JSON.stringify(claims.b), JSON.stringify(value))
    }),
  )
})

test('reserved claims are left out, at the top only', () => {
  const names = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'scope', 'client_id', '__proto__']
  const members = names.map((name) => `"${name}": {{ user.external_id }}`).join()
  const claims = render(`{${members}, "own": {"sub": "mine"}}`)
  assert.deepEqual(claims, { own: { sub: 'mine' } })
  assert.equal(Object.getPrototypeOf({ ...claims }), Object.prototype)
  assert.deepEqual(render('{"\\u0073ub": 1}'), {}, 'however it is spelt')
})

test('an empty template adds nothing', () => {
  for (const empty of ['', '  \n']) {
    assert.equal(templateProblem(empty), undefined)
    assert.deepEqual(render(empty), {})
  }
})

test('braces that belong to JSON are no variables', () => {
  const template = '{"a":{"b":{"c":{{user.external_id}}}},"d":"}} and {x} and \\"{\\""}'
  assert.equal(templateProblem(template), undefined)
  assert.deepEqual(render(template), { a: { b: { c: 'customer|1' } }, d: '}} and {x} and "{"' })
})

const refused: readonly (readonly [string, 'invalid_tag' | 'mismatched_tag' | 'invalid_json', string])[] = [
  ['{"a": "{{ user.name }}"}', 'invalid_tag', 'between quotes'],
  ['{"a": "\\" {{ user.name }}"}', 'invalid_tag', 'between quotes, after an escaped one'],
  ['{"a": {{ }}}', 'invalid_tag', 'nothing between the braces'],
  ['{"a": {{ user..name }}}', 'invalid_tag', 'an empty step'],
  ['{"a": {{ .user }}}', 'invalid_tag', 'a leading dot'],
  ['{"a": {{ user.name | upper }}}', 'invalid_tag', 'a filter'],
  ['{"a": {{ 1 + 1 }}}', 'invalid_tag', 'an expression'],
  ['{"a": {{ user["name"] }}}', 'invalid_tag', 'brackets'],
  ['{"a": {{#if user}}1{{/if}}}', 'invalid_tag', 'a block'],
  ['{"a": {{{ user.name }}}}', 'invalid_tag', 'three braces'],
  ['{{"a": 1}}', 'invalid_tag', 'doubled braces around everything'],
  ['{"a": {{ user.name }', 'mismatched_tag', 'not closed'],
  ['{"a": {{ user.name, "b": {{ user.name }}}', 'mismatched_tag', 'opened twice'],
  ['{"a": user.name }}}', 'invalid_json', 'closed only'],
  ['[{{ user.name }}]', 'invalid_json', 'an array'],
  ['{{ user }}', 'invalid_json', 'a bare variable'],
  ['"text"', 'invalid_json', 'a string'],
  ['{"a": 1', 'invalid_json', 'cut off'],
  ['{"a": 1{{ user.trusted_metadata.seats }}}', 'invalid_json', 'half a number'],
  ['{"a": {{ user.name }}{{ user.name }}}', 'invalid_json', 'two values in one place'],
  ['{ {{ user.external_id }}: 1 }', 'invalid_json', 'a variable as a name'],
  ['{"a": 1,}', 'invalid_json', 'a comma at the end'],
  [`{"a": "${'é'.repeat(2_100)}"}`, 'invalid_json', 'more than 4 KB'],
]

for (const [template, kind, what] of refused) {
  test(`a template is refused (${kind}): ${what}`, () => {
    assert.equal(templateFault(template)?.kind, kind)
    assert.match(templateProblem(template) ?? '', /\.$/)
    assert.throws(() => render(template), TemplateError)
  })
}

test('claims of more than 4 KB are refused, however little the template says', () => {
  const big = { big: 'x'.repeat(4_080) }
  assert.equal(Object.keys(renderTemplate('{"a":{{ big }}}', big)).length, 1)
  assert.throws(() => renderTemplate('{"a":{{ big }},"b":{{ big }}}', big), TemplateError)
  assert.throws(() => renderTemplate(`{"a":[${'{{big}},'.repeat(400)}0]}`, big), TemplateError)
})

test('whatever has no problem renders to an object, and nothing else throws', () => {
  const piece = fc.constantFrom('{', '}', '{{', '}}', '"', '\\', ':', ',', '[', ']', ' ', 'a', '1', 'null', 'user.name')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const template = pieces.join('')
      if (templateProblem(template) === undefined) assert.equal(typeof render(template), 'object')
      else assert.throws(() => render(template), TemplateError)
    }),
    { numRuns: 2_000 },
  )
})

test('check 65: a megabyte of anything is judged at once', () => {
  for (const part of ['a', '{', '{{', '{{a}}', '"', '\\', '{{ a.', '}}']) {
    const text = part.repeat(1_000_000 / part.length)
    const started = performance.now()
    templateProblem(text)
    assert.ok(performance.now() - started < 100, part)
  }
  const started = performance.now()
  assert.equal(templateFault(`{{${' '.repeat(4_000)}x!}}`)?.kind, 'invalid_tag')
  assert.equal(templateFault('{{a'.repeat(1_300))?.kind, 'mismatched_tag')
  assert.ok(performance.now() - started < 100)
})
