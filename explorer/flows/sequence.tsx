/** The drawing of a flow: who speaks with whom, lit up as far as it has come. The list of steps says the same in words. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Flow } from './flow.ts'
import type { FlowRun } from './run.ts'
import { type Arrow, layoutOf, loop } from './sequence-layout.ts'

interface SequenceProps {
  readonly flow: Flow
  readonly run: FlowRun
}

export function Sequence({ flow, run }: SequenceProps) {
  const frame = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    if (!frame.current) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(frame.current)
    return () => observer.disconnect()
  }, [])
  const { lanes, arrows, height } = layoutOf(flow.lanes.length, flow.steps, Math.max(width, 240))
  const label = `Sequence of ${flow.steps.length} steps between ${flow.lanes.join(', ')}. The list of steps says the same in words.`
  return (
    <div class="sequence" ref={frame}>
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={label}>
          {lanes.map((x, at) => (
            <g key={x} class="sequence-lane">
              <line x1={x} x2={x} y1="32" y2={height} />
              <text x={x} y="20" text-anchor="middle">
                {flow.lanes[at]}
              </text>
            </g>
          ))}
          {arrows.map((arrow, at) => (
            <g key={arrow.y} class={`sequence-step ${run.stateOf(at)}`}>
              <Line {...arrow} />
              <text x={arrow.text.x} y={arrow.text.y} text-anchor={arrow.text.anchor}>
                {arrow.label}
              </text>
            </g>
          ))}
        </svg>
      )}
    </div>
  )
}

function Line({ x1, x2, y, isLoop }: Arrow) {
  if (isLoop) {
    const [right, bottom] = [x1 + loop.width, y + loop.height - 8]
    return (
      <>
        <path d={`M${x1} ${y - 8}H${right}V${bottom}H${x1 + 6}`} fill="none" />
        <path class="tip" d={tip(x1 + 2, bottom, -1)} />
      </>
    )
  }
  const way = Math.sign(x2 - x1)
  return (
    <>
      <path d={`M${x1} ${y}H${x2 - 6 * way}`} fill="none" />
      <path class="tip" d={tip(x2 - 2 * way, y, way)} />
    </>
  )
}

/** A small triangle whose point is at the place. */
const tip = (x: number, y: number, way: number): string => `M${x} ${y}l${-8 * way} -4.5v9z`
