/** A small protected MCP server, as its builders write one: it knows its authorization server, and checks whom a token is for. */
import { createServer } from 'node:http'
import { createRemoteJWKSet, jwtVerify } from 'jose'

export interface ProtectedServer extends AsyncDisposable {
  /** Its own URI: what tokens must be for. */
  readonly url: string
}

/** Starts one that trusts tokens of this issuer (RFC 9728, MCP authorization); `DELETE` needs the scope `email`. */
export async function startProtectedServer(issuer: string): Promise<ProtectedServer> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`))
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object, headers: Record<string, string> = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    if (request.url === '/.well-known/oauth-protected-resource/mcp') {
      return answer(200, { resource: url, authorization_servers: [issuer], bearer_methods_supported: ['header'] })
    }
    if (request.url !== '/mcp') return answer(404, {})
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const metadata = `Bearer resource_metadata="${url.replace('/mcp', '/.well-known/oauth-protected-resource/mcp')}"`
    try {
      const { payload } = await jwtVerify(token ?? '', keys, { issuer, audience: url, algorithms: ['RS256'] })
      if (request.method === 'DELETE' && !String(payload.scope).split(' ').includes('email')) {
        const challenge = metadata.replace(' ', ' error="insufficient_scope", scope="openid email", ')
        return answer(403, {}, { 'www-authenticate': challenge })
      }
      return answer(200, { sub: payload.sub, scope: payload.scope })
    } catch {
      return answer(401, {}, { 'www-authenticate': metadata })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/mcp`
  return {
    url,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
