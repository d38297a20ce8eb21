#!/usr/bin/env node
// Old syntax on purpose: this file must run on a Node that is too old, to say so.
var version = process.versions.node.split('.').map(Number)
if (version[0] < 22 || (version[0] === 22 && version[1] < 18)) {
  // biome-ignore lint/style/useTemplate: see above
  console.error('selvage: this needs Node 22.18 or newer; this is Node ' + process.versions.node + '.')
  process.exit(1)
}
import('../dist/main.js')
