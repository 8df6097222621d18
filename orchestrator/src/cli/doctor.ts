// `retort doctor`: which engines and devices work on this machine, and why the others do not.
import { availableParallelism } from 'node:os'
import { probeEngines } from '../executor/probeEngines.ts'
import { outputColors } from './colors.ts'
import { nameOf } from './engineTimes.ts'
import { printJson } from './output.ts'
import { withWorker } from './worker.ts'

export async function doctor({ json, kernels: list }: { json?: boolean; kernels?: boolean }): Promise<void> {
  const { engines, kernels } = await withWorker(probeEngines)
  const timed = engines.filter(({ works, hopeless }) => works && hopeless !== true)
  // Where a step of a sweep decides between several, there is no telling.
  const chosen = timed.length === 1 ? timed[0] : undefined
  if (json)
    return printJson({
      node: process.version,
      cores: availableParallelism(),
      engines,
      chosen: chosen ?? null,
      timed: timed.map(({ engine, device }) => ({ engine, device })),
      ...(list && { kernels }),
    })
  console.log(`Node ${process.version}, ${availableParallelism()} cores, ${process.platform} ${process.arch}`)
  for (const each of engines) {
    const versions = Object.entries(each.versions).map(([name, version]) => `${name} ${version}`)
    const head = `${each.works ? outputColors.green('works') : outputColors.yellow('no   ')}  ${each.engine} on ${each.device}`
    console.log([head, each.detail, versions.join(', ')].filter((part) => part !== '').join('  '))
  }
  console.log(autoText(timed.map(nameOf)))
  if (!list) return
  const names = (rule: boolean) => kernels.filter((each) => each.rule === rule).map(({ kernel }) => kernel)
  console.log(`\nThe onnx engine has rules for ${names(true).length} of TensorFlow.js's ${kernels.length} kernels:`)
  console.log(names(true).join(', '))
  console.log(`\nand none for:\n${names(false).join(', ')}`)
}

/** What "auto" does. @param engines that it may take */
function autoText(engines: string[]): string {
  if (engines.length === 0) return 'No engine works here.'
  if (engines.length === 1) return `"auto" takes ${engines[0]}.`
  return `"auto" times a step of a sweep's largest student on each of these and takes the fastest: ${engines.join(', ')}.`
}
