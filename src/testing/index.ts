/** `selvage/testing`: a whole server inside a test, with a clock that stands still until it is turned. */
export {
  type CallSettings,
  type TestAnswer,
  type TestApp,
  type TestAppSettings,
  type TestClock,
  testApp,
} from './app.ts'
export { TestBrowser, type Visit } from './browser.ts'
