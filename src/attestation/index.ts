/** What the composition root may use of attestation. */
export { attestSession, attestSessionFrontend } from './attest.ts'
export { sweepSpentAssertions } from './spent-store.ts'
