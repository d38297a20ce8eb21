/** What the composition root may use of the frontend. */
export { getBootstrap } from './bootstrap.ts'
export { authenticateCurrentSession, revokeCurrentSession } from './current-session.ts'
export { deleteCurrentRegistration, getCurrentUser } from './current-user.ts'
export { takeEvents } from './events.ts'
