import assert from 'node:assert/strict'
import { test } from 'node:test'
import { layoutOf } from './sequence-layout.ts'

const steps = [
  { from: 0, to: 0, arrow: 'by itself' },
  { from: 0, to: 2, arrow: 'there' },
  { from: 2, to: 1, arrow: 'and back' },
]

test('lanes fill the width, arrows go from lane to lane, one below the other', () => {
  for (const width of [320, 900]) {
    const { lanes, arrows, height } = layoutOf(3, steps, width)
    assert.ok(lanes.every((x, at) => x > 0 && x < width && x > (lanes[at - 1] ?? 0)))
    assert.deepEqual(
      arrows.map(({ x1, x2 }) => [x1, x2]),
      [
        [lanes[0], lanes[0]],
        [lanes[0], lanes[2]],
        [lanes[2], lanes[1]],
      ],
    )
    assert.deepEqual(
      arrows.map(({ isLoop }) => isLoop),
      [true, false, false],
    )
    assert.ok(arrows.every(({ y }, at) => y > (arrows[at - 1]?.y ?? 0) && y < height))
    assert.equal(arrows[1]?.text.x, lanes[1], 'words stand in the middle of their arrow')
  }
})
