/** A guided flow, loaded when it is asked for. */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'

interface Loaded {
  readonly FlowView: ComponentType<{ readonly name: string }>
}

export function FlowPage({ name }: { readonly name: string }) {
  const [view, setView] = useState<Loaded | 'loading' | 'failed'>('loading')
  useEffect(() => {
    import('./flow-view.tsx').then(setView, () => setView('failed'))
  }, [])
  if (view === 'loading') return <p class="loading">Loading…</p>
  if (view === 'failed') {
    return (
      <p class="notice bad" role="alert">
        The flow could not be loaded. Load the page again.
      </p>
    )
  }
  return <view.FlowView name={name} />
}
