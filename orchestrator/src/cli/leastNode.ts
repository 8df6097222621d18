// Whether this Node is new enough. It loads nothing and is written for old ones, too.
import { readFileSync } from 'node:fs'

/** Says in one sentence what is needed and what brings it, and sets the exit code, where the Node is too old. */
export function newEnough(): boolean {
  const { engines, packageManager } = JSON.parse(
    String(readFileSync(new URL('../../../package.json', import.meta.url))),
  )
  const least = String(engines.node).replace('>=', '')
  if (!isOlder(process.versions.node, least)) return true
  const words = process.argv.slice(2)
  const command = words.length === 0 ? 'start' : ['retort', ...words].join(' ')
  console.error(
    `Retort needs Node ${least} or newer, got ${process.versions.node}; with its own Node it runs as: ` +
      `npx -y -p node@24 -p ${packageManager} pnpm ${command}`,
  )
  process.exitCode = 2
  return false
}

function isOlder(version: string, least: string): boolean {
  const [have, need] = [version, least].map((each) => each.split('.').map(Number))
  for (let place = 0; place < need!.length; place++) {
    if (have![place] !== need![place]) return have![place]! < need![place]!
  }
  return false
}
