// `retort doctor`: which engines and devices work on this machine, and why the others do not.
import { availableParallelism } from 'node:os'
import pc from 'picocolors'
import { printJson } from './output.ts'
import { withWorker } from './worker.ts'

export async function doctor({ json }: { json?: boolean }): Promise<void> {
  const { engines } = await withWorker((ask) => ask({ task: 'probe' }))
  const chosen = engines.find(({ works }) => works)
  if (json) return printJson({ node: process.version, cores: availableParallelism(), engines, chosen: chosen ?? null })
  console.log(`Node ${process.version}, ${availableParallelism()} cores, ${process.platform} ${process.arch}`)
  for (const each of engines) {
    const versions = Object.entries(each.versions).map(([name, version]) => `${name} ${version}`)
    const head = `${each.works ? pc.green('works') : pc.yellow('no   ')}  ${each.engine} on ${each.device}`
    console.log([head, each.detail, versions.join(', ')].filter((part) => part !== '').join('  '))
  }
  console.log(chosen === undefined ? 'No engine works here.' : `"auto" takes ${chosen.engine} on ${chosen.device}.`)
}
