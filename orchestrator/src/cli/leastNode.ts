// Ends a Node that is too old with one sentence that names the command which brings its own. It loads nothing else and
// is written for old ones, too; `pnpm start` and `pnpm test` run it before they build.
import { readFileSync } from 'node:fs'

const { engines, packageManager } = JSON.parse(String(readFileSync(new URL('../../../package.json', import.meta.url))))
const least = String(engines.node).replace('>=', '')

if (isOlder(process.versions.node, least)) {
  const words = process.argv.slice(2)
  const script = words.length === 0 ? (process.env.npm_lifecycle_event ?? 'start') : ['retort', ...words].join(' ')
  console.error(
    `Retort needs Node ${least} or newer, got ${process.versions.node}; this command brings one along: ` +
      `npx -y -p node@24 -p ${packageManager} pnpm ${script}`,
  )
  process.exit(2)
}

function isOlder(version: string, than: string): boolean {
  const [have, need] = [version, than].map((each) => each.split('.').map(Number))
  for (let place = 0; place < need!.length; place++) {
    if (have![place] !== need![place]) return have![place]! < need![place]!
  }
  return false
}
