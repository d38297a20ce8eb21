/** The wire vocabulary of M2M clients. What goes wrong while they ask for tokens is in `idp/errors.ts`. */
import { defineError } from '../kernel/errors.ts'

export const m2mClientNotFound = defineError({
  type: 'm2m_client_not_found',
  status: 404,
  oauth: 'invalid_client',
  message: 'There is no M2M client with this client_id in the project. Check that it is copied whole.',
  cause: 'The client ID is misspelt, the client was deleted, or it belongs to another project.',
  fix: 'Search the project’s M2M clients.',
})

export const duplicateM2mClientId = defineError({
  type: 'duplicate_m2m_client_id',
  status: 400,
  message: 'Another M2M client of this project has this client_id already. Choose another one, or none.',
  cause: 'Client IDs are unique in a project.',
  fix: 'Update the client that is there, or leave `client_id` out.',
})

export const m2mClientInvalidClientId = defineError({
  type: 'm2m_client_invalid_client_id',
  status: 400,
  message:
    'A client_id has 1 to 128 characters out of letters, digits and . _ ~ @ | + - and begins with a letter or digit.',
  cause: 'The ID is too long, holds other characters, or looks like that of a Connected App.',
  fix: 'Leave it out to get a new one, or encode yours into the permitted characters.',
})

export const m2mClientInvalidClientSecret = defineError({
  type: 'm2m_client_invalid_client_secret',
  status: 400,
  message: 'A client_secret is printable ASCII. Send another one, or none to get a new one.',
  cause: 'It holds control characters or characters beyond ASCII (RFC 6749 §A.2).',
  fix: 'Leave `client_secret` out.',
})

export const insecureM2mClientSecret = defineError({
  type: 'insecure_m2m_client_secret',
  status: 400,
  message:
    'This client_secret is easily guessed: it needs at least {fewest} characters at random. Leave it out to get one.',
  cause: 'It is short, or holds hardly any different characters.',
  fix: 'Leave `client_secret` out unless you bring clients from another system.',
})

export const clientSecretTooLong = defineError({
  type: 'client_secret_too_long',
  status: 400,
  message: 'A client_secret has at most {most} characters. Leave it out to get one.',
  cause: 'It is longer than any secret needs to be.',
  fix: 'Leave `client_secret` out unless you bring clients from another system.',
})

export const m2mClientInvalidClientName = defineError({
  type: 'm2m_client_invalid_client_name',
  status: 400,
  message: 'client_name must be a text of at most 256 characters.',
  cause: 'It is longer, or no text.',
  fix: 'Shorten it.',
})

export const m2mClientInvalidClientDescription = defineError({
  type: 'm2m_client_invalid_client_description',
  status: 400,
  message: 'client_description must be a text of at most 1024 characters.',
  cause: 'It is longer, or no text.',
  fix: 'Shorten it.',
})

export const invalidM2mClientScope = defineError({
  type: 'invalid_m2m_client_scope',
  status: 400,
  message:
    'scopes must be an array of scopes: printable ASCII without spaces, quotation marks and backslashes, at most 128 characters each.',
  cause: 'The field is missing, is no array, or one of the scopes has other characters (RFC 6749 §3.3).',
  fix: 'Send an array such as ["read:documents"]; it may be empty.',
})

export const tooManyM2mClientScopes = defineError({
  type: 'too_many_m2m_client_scopes',
  status: 400,
  message: 'An M2M client can have at most {most} scopes. Assign fewer.',
  cause: 'More scopes were sent.',
  fix: 'A scope like `read:*` covers every resource.',
})

export const invalidM2mClientStatus = defineError({
  type: 'invalid_m2m_client_status',
  status: 400,
  message: 'status must be active or inactive.',
  cause: 'Another status was sent.',
  fix: 'Use `inactive` to stop new tokens, `active` to allow them again.',
})

export const m2mClientAlreadyRotatingSecret = defineError({
  type: 'm2m_client_already_rotating_secret',
  status: 400,
  message: 'A secret rotation of this M2M client is under way. Complete or cancel it first.',
  cause: 'The rotation was started before, perhaps by somebody else.',
  fix: 'Call rotate to complete it, or rotate/cancel if the next secret is lost.',
})

export const m2mClientNotRotatingSecret = defineError({
  type: 'm2m_client_not_rotating_secret',
  status: 400,
  message: 'No secret rotation of this M2M client is under way. Start one first.',
  cause: 'It was not started, or has been completed or cancelled already.',
  fix: 'Call rotate/start, and give the client its next secret.',
})

export const m2mSearchInvalidCursor = defineError({
  type: 'm2m_search_invalid_cursor',
  status: 400,
  message: 'This is not a cursor of this search. Send next_cursor of the page before, unchanged, or none.',
  cause: 'The cursor was changed or cut off, or belongs to another project or search.',
  fix: 'Start from the first page, without a cursor.',
})

export const m2mSearchInvalidOperator = defineError({
  type: 'm2m_search_invalid_operator',
  status: 400,
  message: 'operator must be AND or OR.',
  cause: 'Another operator was sent.',
  fix: 'Use `AND` where every filter must match, `OR` where one is enough.',
})

export const m2mSearchMissingFilterName = defineError({
  type: 'm2m_search_missing_filter_name',
  status: 400,
  message: 'An operand has no filter_name. Use client_id, client_name or scopes.',
  cause: 'The operand says by which values, but not in which field.',
  fix: 'Write operands as {"filter_name": "scopes", "filter_value": ["read:documents"]}.',
})

export const m2mSearchFilterNameMustBeString = defineError({
  type: 'm2m_search_filter_name_must_be_string',
  status: 400,
  message: 'filter_name must be a text: client_id, client_name or scopes.',
  cause: 'A value of another type was sent.',
  fix: 'Write operands as {"filter_name": "scopes", "filter_value": ["read:documents"]}.',
})

export const m2mSearchFilterNameNotRecognized = defineError({
  type: 'm2m_search_filter_name_not_recognized',
  status: 400,
  message: 'There is no filter of this name. Use client_id, client_name or scopes.',
  cause: 'The name is misspelt, or clients cannot be searched by that field.',
  fix: 'Use one of the three filters.',
})

export const m2mSearchMissingFilterValue = defineError({
  type: 'm2m_search_missing_filter_value',
  status: 400,
  message: 'An operand has no filter_value. Send an array with at least one text.',
  cause: 'The value is missing or an empty array.',
  fix: 'Leave the operand out if it is not meant to filter.',
})

export const m2mSearchExpectedArrayOfStrings = defineError({
  type: 'm2m_search_expected_array_of_strings',
  status: 400,
  message: 'filter_value must be an array of at most {most} texts.',
  cause: 'A single text, another type, or too many values were sent.',
  fix: 'Write ["read:documents"] instead of "read:documents".',
})
