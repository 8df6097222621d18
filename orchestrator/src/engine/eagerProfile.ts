// Times the kernels of an eager step by TensorFlow.js's own profiler, which asks the backend how long each took. On a
// GPU that would be how long its launch took: there the backend does not wait for it.
import * as tf from '@tensorflow/tfjs-core'
import type { CompiledStep, OperatorTime, ProfiledStep, Values } from './engine.ts'

type Kernel = Awaited<ReturnType<typeof tf.profile>>['kernels'][number]

/** @param step which runs the same kernels in the same order each time */
export function eagerProfile(step: CompiledStep): ProfiledStep {
  let times = new Map<string, { about: Omit<OperatorTime, 'runs' | 'microseconds'>; runs: number[] }>()
  return {
    async run(inputs) {
      let results: Record<string, Values> = {}
      const { kernels } = await tf.profile(async () => {
        results = await step.run(inputs)
        return []
      })
      const seen = new Map<string, number>()
      // What has a gradient of its own is timed around its kernels, too, under a name that is no kernel's.
      for (const kernel of kernels.filter(({ name }) => tf.getKernel(name, tf.getBackend()) !== undefined)) {
        const about = aboutOf(kernel)
        const alike = JSON.stringify(about)
        const before = seen.get(alike) ?? 0
        seen.set(alike, before + 1)
        const key = `${before} ${alike}`
        const known = times.get(key)
        if (known === undefined) times.set(key, { about, runs: [await microsecondsOf(kernel)] })
        else known.runs.push(await microsecondsOf(kernel))
      }
      return results
    },
    dispose: step.dispose,
    restart() {
      times = new Map()
    },
    async end() {
      step.dispose()
      return [...times.values()].map(({ about, runs }) => {
        runs.sort((one, other) => one - other)
        return { ...about, runs: runs.length, microseconds: runs[runs.length >> 1] as number }
      })
    },
  }
}

/** TensorFlow.js tells neither types nor which tensors are variables. */
const aboutOf = ({ name, inputShapes, outputShapes }: Kernel) => ({
  operator: name,
  variable: null,
  inputs: inputShapes.filter((shape) => shape != null).map(shapeText),
  outputs: outputShapes.map(shapeText),
  provider: tf.getBackend(),
})

const shapeText = (shape: number[]): string => `[${shape.join(',')}]`

async function microsecondsOf({ name, kernelTimeMs }: Kernel): Promise<number> {
  const milliseconds = await kernelTimeMs
  if (typeof milliseconds === 'number') return milliseconds * 1000
  throw new Error(`backend ${tf.getBackend()} tells no time of kernel ${name}: ${milliseconds.error}`)
}
