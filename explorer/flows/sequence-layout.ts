/** Where everything of a sequence drawing stands. Pure: lanes and steps in, coordinates out. */
import type { Step } from './flow.ts'

export interface Arrow {
  readonly x1: number
  readonly x2: number
  readonly y: number
  /** Where the words begin or have their middle. */
  readonly text: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'middle' }
  readonly label: string
  readonly isLoop: boolean
}

export interface Layout {
  readonly width: number
  readonly height: number
  /** Middle of each lane. */
  readonly lanes: readonly number[]
  readonly arrows: readonly Arrow[]
}

const head = 44
const row = 44
/** Of the little way that a step within one lane goes. */
export const loop = { width: 26, height: 16 }

/** `width` in CSS px: the drawing is made for it, not scaled to it, so that words keep their size on a phone. */
export function layoutOf(
  laneCount: number,
  steps: readonly Pick<Step, 'from' | 'to' | 'arrow'>[],
  width: number,
): Layout {
  const margin = Math.min(90, width / (laneCount * 2))
  const gap = (width - 2 * margin) / Math.max(1, laneCount - 1)
  const lanes = Array.from({ length: laneCount }, (_, at) => Math.round(margin + at * gap))
  const arrows = steps.map(({ from, to, arrow }, at): Arrow => {
    const [x1 = 0, x2 = 0] = [lanes[from], lanes[to]]
    const y = head + row * at + row / 2 + 8
    const isLoop = from === to
    const text = isLoop
      ? { x: x1 + loop.width + 8, y: y + loop.height / 2 - 4, anchor: 'start' as const }
      : { x: (x1 + x2) / 2, y: y - 7, anchor: 'middle' as const }
    return { x1, x2, y, text, label: arrow, isLoop }
  })
  return { width, height: head + row * steps.length + 16, lanes, arrows }
}
