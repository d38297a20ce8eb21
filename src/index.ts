/** The server as a library: open it in a process of your own. */
export { type App, type AppSettings, openApp } from './app.ts'
export type { DatabaseSettings } from './db/open.ts'
export { version } from './version.ts'
