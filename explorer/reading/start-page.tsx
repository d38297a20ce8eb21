export function StartPage() {
  return <h1 tabIndex={-1}>API reference</h1>
}
