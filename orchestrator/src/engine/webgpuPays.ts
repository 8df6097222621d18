// Whether WebGPU may be worth taking here, before any step of a sweep is timed. onnxruntime says nothing of the adapter that it found, which may be a program
// that plays a GPU (SwiftShader, llvmpipe) and is many times slower than the processor it runs on; so it is measured.
import { availableParallelism } from 'node:os'
import * as tf from '@tensorflow/tfjs-core'
import type { Engine } from './engine.ts'
import { openOnnxEngine } from './onnx.ts'

export interface Comparison {
  /** Whether it is likely to be faster than the CPU. */
  pays: boolean
  /** Whether it is so slow that "auto" does not even time a step on it. */
  hopeless: boolean
  /** What was measured, for people. */
  detail: string
}

/** Rows of square matrices: a small product tells off what is hopeless, in a second; a large one fills a GPU. */
const SIZES = [512, 2048]
const HOPELESS = 4
/** A step has much that is no matrix product, and a GPU starts each operator more slowly. */
const ENOUGH = 0.5
const RUNS = 3

/**
 * Opens WebGPU and times matrix products there and on all cores of the processor.
 * @throws Error where WebGPU does not work
 */
export async function tryWebgpu(threads: number): Promise<{ engine: Engine } & Comparison> {
  // First, so that where there is no WebGPU nothing is timed.
  await (await openOnnxEngine({ device: 'webgpu', threads })).close()
  const cpu = await timesOf(await openOnnxEngine({ device: 'cpu', threads: availableParallelism() }), () => true)
  const engine = await openOnnxEngine({ device: 'webgpu', threads })
  const gpu = await timesOf(engine, (time, i) => time <= HOPELESS * cpu[i]!, false)
  return { engine, ...compare(gpu, cpu) }
}

/**
 * @param gpu milliseconds of the product at each size, as far as it was tried
 * @param cpu the same on the processor
 */
export function compare(gpu: number[], cpu: number[]): Comparison {
  const last = gpu.length - 1
  const pays = gpu.length === SIZES.length && gpu[last]! <= ENOUGH * cpu[last]!
  const [there, here] = [gpu[last]!, cpu[last]!].map((time) => time.toFixed(time < 10 ? 1 : 0))
  const hopeless = gpu.some((time, place) => time > HOPELESS * cpu[place]!)
  const judgement = hopeless ? ', so "auto" leaves it' : ''
  const detail = `a product of matrices of ${SIZES[last]} rows takes ${there} ms, on the CPU ${here} ms${judgement}`
  return { pays, hopeless, detail }
}

async function timesOf(
  engine: Engine,
  goesOn: (milliseconds: number, place: number) => boolean,
  close = true,
): Promise<number[]> {
  const times: number[] = []
  for (const [place, size] of SIZES.entries()) {
    times.push(await timeOf(engine, size))
    if (!goesOn(times[place]!, place)) break
  }
  if (close) await engine.close()
  return times
}

/** The least time of a few runs, after one that compiles. The matrix is a variable, so that it lies on the device. */
async function timeOf(engine: Engine, size: number): Promise<number> {
  const matrix = tf.tidy(() => tf.variable(tf.fill([size, size], 1e-3) as tf.Tensor2D, false))
  const step = await engine.compile(() => ({ sum: tf.sum(tf.matMul(matrix, matrix)) }), {})
  try {
    await step.run({})
    let least = Number.POSITIVE_INFINITY
    for (let run = 0; run < RUNS; run++) {
      const start = performance.now()
      await step.run({})
      least = Math.min(least, performance.now() - start)
    }
    return least
  } finally {
    step.dispose()
    matrix.dispose()
  }
}
