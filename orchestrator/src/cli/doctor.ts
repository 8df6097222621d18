// `retort doctor`: which engines and devices work on this machine, and why the others do not.
import { availableParallelism } from 'node:os'
import { outputColors } from './colors.ts'
import { printJson } from './output.ts'
import { withWorker } from './worker.ts'

export async function doctor({ json, kernels: list }: { json?: boolean; kernels?: boolean }): Promise<void> {
  const { engines, kernels } = await withWorker((ask) => ask({ task: 'probe' }))
  const chosen = engines.find(({ works }) => works)
  if (json)
    return printJson({
      node: process.version,
      cores: availableParallelism(),
      engines,
      chosen: chosen ?? null,
      ...(list && { kernels }),
    })
  console.log(`Node ${process.version}, ${availableParallelism()} cores, ${process.platform} ${process.arch}`)
  for (const each of engines) {
    const versions = Object.entries(each.versions).map(([name, version]) => `${name} ${version}`)
    const head = `${each.works ? outputColors.green('works') : outputColors.yellow('no   ')}  ${each.engine} on ${each.device}`
    console.log([head, each.detail, versions.join(', ')].filter((part) => part !== '').join('  '))
  }
  console.log(chosen === undefined ? 'No engine works here.' : `"auto" takes ${chosen.engine} on ${chosen.device}.`)
  if (!list) return
  const names = (rule: boolean) => kernels.filter((each) => each.rule === rule).map(({ kernel }) => kernel)
  console.log(`\nThe onnx engine has rules for ${names(true).length} of TensorFlow.js's ${kernels.length} kernels:`)
  console.log(names(true).join(', '))
  console.log(`\nand none for:\n${names(false).join(', ')}`)
}
