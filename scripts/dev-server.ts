/** Starts `selvage dev` as a process of its own and waits until it says, in its one JSON line, that it is ready. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** The line that `selvage dev --json` prints. */
export interface ReadyLine {
  readonly base_url: string
  readonly project_id: string
  readonly secret: string
  readonly public_token: string
  readonly login_redirect_url: string
  readonly signup_redirect_url: string
  readonly login_url: string
}

export interface DevServer {
  readonly ready: ReadyLine
  /** Asks it to stop and resolves to its exit code. */
  stop(): Promise<number>
}

/** How long, in ms, it may take to be ready. */
const patience = 60_000

export async function startDevServer(command: string, args: readonly string[], cwd: string): Promise<DevServer> {
  const server = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise<number>((resolve) => server.once('exit', (code) => resolve(code ?? 1)))
  const timer = setTimeout(() => server.kill('SIGKILL'), patience)
  for await (const line of createInterface({ input: server.stdout })) {
    clearTimeout(timer)
    const ready: ReadyLine = JSON.parse(line)
    server.stdout.resume()
    return {
      ready,
      stop: () => {
        server.kill('SIGTERM')
        return exited
      },
    }
  }
  throw new Error(`selvage dev ended with ${await exited} before it was ready.`)
}
