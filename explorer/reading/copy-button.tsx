/** A button that puts a text on the clipboard and says so. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Icon } from './icon.tsx'

interface CopyButtonProps {
  /** A function is asked when the button is pressed. */
  readonly text: string | (() => string)
  /** What is copied, for who cannot see it: “Copy the path”. */
  readonly label: string
  /** Words on the button; without them it is an icon alone. */
  readonly words?: string
}

/** How long, in ms, the button says that it has copied. */
const shown = 1600

export function CopyButton({ text, label, words }: CopyButtonProps) {
  const outcome = useSignal<'copied' | 'failed' | undefined>(undefined)
  useEffect(() => {
    if (outcome.value === undefined) return
    const timer = setTimeout(() => {
      outcome.value = undefined
    }, shown)
    return () => clearTimeout(timer)
  }, [outcome.value])
  const copy = async () => {
    outcome.value = (await toClipboard(typeof text === 'string' ? text : text())) ? 'copied' : 'failed'
  }
  const said = { copied: 'Copied', failed: 'Select it and copy it by hand' }
  const isDone = outcome.value === 'copied'
  return (
    <>
      <button
        type="button"
        class={`button quiet small copy${words === undefined ? ' square' : ''}`}
        aria-label={label}
        title={label}
        onClick={() => void copy()}
      >
        <Icon name={isDone ? 'check' : 'copy'} />
        {words !== undefined && <span>{isDone ? 'Copied' : words}</span>}
      </button>
      <span class="visually-hidden" role="status">
        {outcome.value && said[outcome.value]}
      </span>
    </>
  )
}

/** Browsers give the clipboard's API to secure origins only; a server in a local network is reached over plain HTTP. */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

function copyBySelection(text: string): boolean {
  const before = document.activeElement
  const area = document.createElement('textarea')
  area.className = 'visually-hidden'
  area.value = text
  document.body.append(area)
  area.select()
  const isCopied = document.execCommand('copy')
  area.remove()
  if (before instanceof HTMLElement) before.focus()
  return isCopied
}
