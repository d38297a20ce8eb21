/** The files that the page of the reference is made of, as a browser asks for them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { testApp } from '../testing/app.ts'

test('the page, at every place of it, allows only what this server sends, and nobody may frame it', async () => {
  await using app = await testApp()
  for (const path of ['/reference', '/reference/oauth.attach', '/reference/flows/login', '/reference/guides/mcp']) {
    const { status, headers, text } = await app.call('GET', path, { auth: false, headers: { accept: 'text/html' } })
    assert.equal(status, 200, path)
    assert.match(String(headers['content-security-policy']), /^default-src 'none'; script-src 'self'; style-src 'self'/)
    assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/)
    assert.doesNotMatch(String(headers['content-security-policy']), /unsafe|http/)
    assert.doesNotMatch(text, /<script(?![^>]* src="\/reference\/assets\/)/, 'nothing inline')
  }
  const { status } = await app.call('GET', '/reference/elsewhere/x', { auth: false })
  assert.equal(status, 400)
})

test('a file is compressed for who reads that, and not sent again to who has it', async () => {
  await using app = await testApp()
  const origin = await app.listen()
  for (const path of ['/reference/assets/main.js', '/reference/assets/style.css', '/reference/catalogue.json']) {
    const plain = await fetch(origin + path, { headers: { 'accept-encoding': 'identity' } })
    assert.equal(plain.headers.get('content-encoding'), null)
    const body = Buffer.from(await plain.arrayBuffer())
    const { rawPayload, headers } = await app.app.http.inject({ url: path, headers: { 'accept-encoding': 'br, gzip' } })
    assert.equal(headers['content-encoding'], 'gzip')
    assert.ok(rawPayload.length < body.length / 2, path)
    assert.ok(gunzipSync(rawPayload).equals(body), path)
    assert.equal(headers.vary, 'Accept-Encoding')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    const etag = plain.headers.get('etag') ?? ''
    const again = await fetch(origin + path, { headers: { 'if-none-match': etag } })
    assert.deepEqual([again.status, await again.text()], [304, ''])
    assert.equal(again.headers.get('content-length'), null, 'the length would be that of the file')
    const changed = await fetch(origin + path, { headers: { 'if-none-match': '"another"' } })
    assert.equal(changed.status, 200)
    await changed.arrayBuffer()
  }
})

test('404 asset_not_found: only scripts and styles of the page are files', async () => {
  await using app = await testApp()
  for (const file of [
    'nothing.js',
    'main.ts',
    '..%2f..%2fpackage.json',
    '%2e%2e%2fclient%2findex.js',
    'main.js%00',
    '.js',
  ]) {
    const { status, body } = await app.call('GET', `/reference/assets/${file}`, { auth: false })
    assert.ok(status === 404 || status === 400, file)
    assert.ok(['asset_not_found', 'bad_request'].includes(body.error_type), file)
  }
  const { body } = await app.call('GET', '/reference/assets/nothing.js', { auth: false })
  assert.equal(body.error_type, 'asset_not_found')
})
