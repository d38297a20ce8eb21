/** A file that cannot be applied; the message names the place in it and what to do. */
export class ProjectFileError extends Error {
  override readonly name = 'ProjectFileError'
}
