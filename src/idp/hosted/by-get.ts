/** Requests that may come as a form: each is turned into the same one by GET. */
import { type Reply, redirect } from '../../kernel/reply.ts'

/** Parameters of a browser's request; a list is one that is sent several times. */
type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

export const queryOf = (given: Parameters): URLSearchParams =>
  new URLSearchParams(
    Object.entries(given).flatMap(([name, value]) => [value ?? []].flat().map((one): [string, string] => [name, one])),
  )

/** A form from another site comes without the `Lax` cookie; the request by GET that follows has it. */
export function byGet(given: Parameters, baseUrl: string, path: string): Reply {
  const url = new URL(path, baseUrl)
  url.search = queryOf(given).toString()
  return redirect(url, {}, 303)
}

/** The path of a project's own endpoint. */
export const inProject = (path: string, projectId: string): string =>
  path.replace('{project_id}', () => encodeURIComponent(projectId))
