/** What the standards ask of an authorization server, in our own words; `conformance.ts` says which tests show it. */

export interface Requirement {
  readonly id: string
  readonly text: string
  readonly reference: string
  /** Why no test carries its id, or what of it no test can show. */
  readonly untested?: string
}

export interface Chapter {
  readonly title: string
  readonly rows: readonly Requirement[]
}

const row = (id: string, text: string, reference: string, untested?: string): Requirement =>
  untested === undefined ? { id, text, reference } : { id, text, reference, untested }

export const chapters: readonly Chapter[] = [
  {
    title: 'OAuth core (RFC 6749, OAuth 2.1, RFC 9700)',
    rows: [
      row('C1', 'Only the code flow: no implicit, no password grant.', '9700 §2.1.2, §2.4'),
      row(
        'C2',
        'Redirect URIs are equal as texts; only the port of a loopback address is free.',
        '9700 §2.1, 8252 §7.3',
      ),
      row('C3', 'An unknown client or redirect URI redirects nobody.', '6749 §3.1.2.4, §4.1.2.1'),
      row('C4', 'Every other error goes back to the client with `error`, `state` and `iss`.', '6749 §4.1.2.1, 9207 §2'),
      row(
        'C5',
        'No open redirector: a person sees a page before an error leads away, but for `prompt=none`.',
        '9700 §4.11.2',
      ),
      row('C6', 'Redirects after a form are 302 or 303, never 307.', '9700 §4.12'),
      row('C7', 'Repeated parameters are refused, unknown ones ignored, empty ones absent.', '6749 §3.1, §3.2'),
      row('C8', 'The token endpoint takes POST only.', '6749 §3.2'),
      row('C9', 'A client authenticates in one way, the one that it registered.', '6749 §2.3, §2.3.1'),
      row('C10', 'Basic credentials are form-encoded; plain ones work as well.', '6749 §2.3.1'),
      row(
        'C11',
        'A code works once, for minutes, for its client and redirect URI; a replay ends its tokens.',
        '6749 §4.1.2',
      ),
      row('C12', 'A redirect URI at the token endpoint matches the one before.', '6749 §4.1.3, OAuth 2.1 §4.1.3'),
      row('C13', 'Success is JSON, not stored, with `expires_in` and `scope`.', '6749 §5.1, §3.3'),
      row(
        'C14',
        'Failures are 400; a client that is not authenticated is 401, with a challenge after Basic.',
        '6749 §5.2',
      ),
      row('C15', 'Error texts keep to the character set.', '6749 §5.2'),
      row(
        'C16',
        'A refresh token is bound to its client, only narrows, rotates for public clients; reuse ends the family.',
        '6749 §6, 9700 §4.14.2',
      ),
      row('C17', 'Refreshing keeps scope and resources; tokens that nobody uses expire.', '9700 §2.2.2'),
      row('C18', 'client_credentials is for confidential clients and gives no refresh token.', '6749 §4.4.3'),
      row('C19', 'Codes and tokens have at least 128 random bits and are stored as hashes.', '6749 §10.10'),
      row('C20', 'Pages send no referrer and cannot be framed; no token is in a URL.', '9700 §4.2.4, §4.16'),
      row('C21', 'The consent form is safe from forgery and shows who asks.', '9700 §4.7, 6749 §10.12'),
      row(
        'C22',
        'Everything is https but loopback.',
        'OAuth 2.1 §1.5',
        'A matter of deployment: the server stands behind a proxy that ends TLS (docs/configuration.md).',
      ),
      row(
        'C23',
        'Pages of any origin may call token, metadata, keys, userinfo and registration, not the authorization page.',
        '9700 §2.6',
      ),
      row(
        'C24',
        'Secrets are compared in constant time; guessing is slowed down.',
        '6749 §2.3.1',
        'The constant time: secrets are compared as hashes, by `sameHash` in `src/crypto/token.ts`.',
      ),
    ],
  },
  {
    title: 'PKCE (RFC 7636), issuer identification (RFC 9207), resources (RFC 8707)',
    rows: [
      row('P1', 'Verifiers have 43 to 128 unreserved characters, challenges 43 of base64url.', '7636 §4.1, §4.2'),
      row('P2', 'A public client must send a challenge.', '7636 §4.4.1, 9700 §2.1.1'),
      row(
        'P3',
        '`plain` is refused. Deviation: an absent method means S256, because the wire has no field for it.',
        '7636 §4.3',
      ),
      row(
        'P4',
        'A wrong or missing verifier is invalid_grant; one without a challenge is refused.',
        '7636 §4.6, 9700 §4.8.2',
      ),
      row('P5', 'Both metadata documents name S256.', '8414 §2'),
      row('P6', '`iss` stands in success and error redirects, equal to the metadata byte for byte.', '9207 §2'),
      row('P7', '`resource` is an absolute URI without fragment and may repeat; otherwise invalid_target.', '8707 §2'),
      row('P8', 'A token request can only narrow the granted resources; each token names its own.', '8707 §2.1, §2.2'),
      row('P9', 'An origin with and without its lone slash is one resource.', 'own decision'),
    ],
  },
  {
    title: 'Bearer tokens (RFC 6750), introspection (RFC 7662), revocation (RFC 7009)',
    rows: [
      row('B1', 'userinfo takes the token from the header or the form, never from the query.', '6750 §2'),
      row('B2', 'Challenges: bare without credentials, invalid_token 401, insufficient_scope 403.', '6750 §3, §3.1'),
      row(
        'B3',
        'Introspection needs authorization and says nothing of a token that is not good.',
        '7662 §2.1, §2.2, §4',
      ),
      row(
        'B4',
        'An active answer has its members. Deviation: `token_type` is access_token or refresh_token, as the vendor has it.',
        '7662 §2.2',
      ),
      row(
        'B5',
        'Revocation answers 200 also for unknown tokens; a refresh token takes its access tokens along.',
        '7009 §2.1, §2.2',
      ),
      row('B6', 'A wrong token_type_hint does not matter.', '7009 §2.1'),
      row('B7', 'Pages of any origin may revoke, but not introspect.', '7009 §2.3'),
    ],
  },
  {
    title: 'JWT access tokens (RFC 9068)',
    rows: [
      row('J1', 'Deviation: `typ` is JWT, which the official clients demand; at+jwt is a setting.', '9068 §2.1'),
      row('J2', '`iss`, `exp`, `aud`, `sub`, `client_id`, `iat`, `jti` are all there.', '9068 §2.2'),
      row('J3', '`aud` holds the resources, beside the project.', '9068 §3'),
      row('J4', 'An ID token is never taken for an access token, nor the other way round.', '9068 §4, §5'),
      row('J5', 'Only RS256: neither none nor HMAC.', '9068 §2.1, 8725 §3.1'),
    ],
  },
  {
    title: 'Metadata (RFC 8414, OpenID Connect Discovery)',
    rows: [
      row(
        'M1',
        'The issuer has no query or fragment and is the URL that the document was found under.',
        '8414 §2, §3.3',
      ),
      row('M2', 'An issuer with a path is found in the inserted form.', '8414 §3.1'),
      row('M3', '200 and application/json.', '8414 §3.2'),
      row('M4', 'All required members are there.', '8414 §2, Discovery §3'),
      row('M5', 'Every advertised endpoint works; nothing is null.', '8414 §2'),
      row('M6', '`none` is advertised because there are public clients.', '8414 §2'),
    ],
  },
  {
    title: 'Registration (RFC 7591, RFC 7592) and client metadata documents',
    rows: [
      row('R1', 'Without redirect URIs: invalid_redirect_uri.', '7591 §2, §3.2.2'),
      row('R2', '201, not stored, everything that was registered is said back.', '7591 §3.2.1'),
      row('R3', 'Unknown metadata is ignored, contradictions are corrected.', '7591 §2, §2.1'),
      row('R4', 'Registrations are limited in rate; software statements are refused.', '7591 §5, §2.3'),
      row('R5', 'Registrations can be read, replaced and deleted with their token.', '7592 §2'),
      row('R6', 'http is for loopback only; schemes that run script are refused.', '7591 §5, 9700 §4.1'),
      row('R7', 'A metadata document is fetched, compared and cached by the rules.', 'CIMD draft §3, §4, §6.5, §6.6'),
      row('R8', 'Its errors redirect nobody; the page shows where the client leads.', 'CIMD draft §6'),
      row(
        'R9',
        'Deviation: a client that names no token_endpoint_auth_method is public, as the vendor has it; the answer says so.',
        '7591 §2, §3.2.1',
      ),
    ],
  },
  {
    title: 'OpenID Connect Core',
    rows: [
      row('O1', 'Without `openid` there is no ID token.', '§3.1.2.1'),
      row('O2', 'The ID token has its claims, the nonce exactly, and `auth_time`.', '§2, §3.1.3.6'),
      row('O3', '`at_hash` belongs to the access token.', '§3.1.3.6'),
      row('O4', '`prompt=none` gives a code or says what is missing, without a page.', '§3.1.2.1, §3.1.2.6'),
      row('O5', 'userinfo by GET and POST; `sub` is that of the ID token.', '§5.3'),
      row('O6', 'Scopes stand for their claims.', '§5.4'),
      row('O7', '`offline_access` is asked for.', '§11'),
      row('O8', 'A refreshed ID token keeps `iss`, `sub`, `aud`, `auth_time`.', '§12.2'),
      row('O9', 'The parameters that a provider must tolerate are tolerated.', '§3.1.2.1, §15.1'),
      row('O10', '`request` and `request_uri` are refused by their names.', '§3.1.2.6, §6'),
      row('O11', 'Logout checks the hint and the URI; otherwise a page asks.', 'RP-Initiated Logout §2–§4'),
    ],
  },
  {
    title: 'Protected resources (RFC 9728), shown with a small MCP server',
    rows: [
      row('PR1', 'A 401 leads to metadata that name the resource and its authorization server.', '9728 §2, §3.3, §5.1'),
      row(
        'PR2',
        'A 403 insufficient_scope names the scopes, and a client gets them by asking.',
        '9728 §5.1, 6750 §3.1',
      ),
    ],
  },
  {
    title: 'MCP authorization (2025-06-18 to 2026-07-28)',
    rows: [
      row('A1', 'Public and confidential clients.', 'MCP'),
      row('A2', 'Authorization server metadata.', 'MCP, RFC 8414'),
      row('A3', 'Clients can register themselves.', 'MCP, RFC 7591'),
      row('A4', 'Clients can be their metadata document.', 'MCP'),
      row('A5', 'S256 is advertised in both documents.', 'MCP'),
      row('A6', '`iss` in responses is advertised and sent, on errors too.', 'MCP, RFC 9207'),
      row('A7', 'Redirect URIs are compared exactly, https or loopback.', 'MCP'),
      row('A8', 'Refresh tokens of public clients rotate.', 'MCP'),
      row('A9', 'Access tokens are short-lived.', 'MCP'),
      row('A10', 'Endpoints are https.', 'MCP', 'A matter of deployment, as C22.'),
      row('A11', 'A metadata document names itself and lists the redirect URI.', 'MCP'),
      row('A12', 'The consent page shows where the client leads and warns of loopback.', 'MCP'),
      row('A13', '`resource` never makes a request fail that names one resource everywhere.', 'MCP, RFC 8707'),
      row('A14', '`offline_access` is advertised and honoured.', 'MCP'),
      row('A15', '`application_type` is accepted.', 'MCP'),
    ],
  },
]
