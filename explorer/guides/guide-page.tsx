export function GuidePage({ name }: { readonly name: string }) {
  return <h1 tabIndex={-1}>{name}</h1>
}
