/** Whose reference this is, and the way to its start. */
export function Brand() {
  return (
    <a class="brand" href="/reference">
      <svg class="mark" width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">
        <rect width="28" height="28" rx="8" fill="currentColor" />
        <path d="M8 10h12M8 14h12M8 18h12M11 7.5v13M17 7.5v13" class="mark-thread" />
      </svg>
      <span>
        <strong>Selvage</strong> <span class="soft">API reference</span>
      </span>
    </a>
  )
}
