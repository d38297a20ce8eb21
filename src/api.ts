/** THE LIST: every operation of the server, in reading order. An operation's name is its place here: `users.get`. */
import type { Api } from './kernel/endpoint.ts'

export const api = {} satisfies Api
