// Runs the same TensorFlow.js code on TensorFlow.js's own CPU backend and on the recording one, and compares.
import '@tensorflow/tfjs-backend-cpu'
import type { Engine, Signature, Step, Values } from '@retort/orchestrator/engine/engine'
import { openOnnxEngine } from '@retort/orchestrator/engine/onnx'
import * as tf from '@tensorflow/tfjs-core'
import { expect } from 'vitest'

export interface Given {
  shape: number[]
  values: Values
}

/** Numbers in [low, high), the same ones for the same seed. */
export function floats(shape: number[], { low = -1, high = 1, seed = 1 } = {}): Given {
  let state = seed * 2654435761
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
  const length = shape.reduce((n, m) => n * m, 1)
  return { shape, values: Float32Array.from({ length }, () => low + (high - low) * next()) }
}

export function whole(shape: number[], values: number[]): Given {
  return { shape, values: Int32Array.from(values) }
}

export function exactly(shape: number[], values: number[]): Given {
  return { shape, values: Float32Array.from(values) }
}

export interface Case {
  /** The kernel that the code is meant to run. */
  kernel: string
  name?: string
  inputs: Record<string, Given>
  run: (inputs: Record<string, tf.Tensor>) => tf.Tensor | tf.Tensor[]
  /** What the CPU backend runs instead, where it lacks the kernel or has it wrong. */
  reference?: Case['run']
  /** Whether gradients are compared too, or of which inputs; by default of all floats if the kernel has a gradient. */
  gradient?: boolean | string[]
  tolerance?: number
}

export const dtypeOf = ({ values }: Given): 'float32' | 'int32' =>
  values instanceof Float32Array ? 'float32' : 'int32'

export const signatures = (inputs: Record<string, Given>): Record<string, Signature> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, given]) => [name, { shape: given.shape, dtype: dtypeOf(given) }]),
  )

export const valuesOf = (inputs: Record<string, Given>): Record<string, Values> =>
  Object.fromEntries(Object.entries(inputs).map(([name, { values }]) => [name, values]))

let opened: Promise<Engine> | undefined

export function engine(): Promise<Engine> {
  opened ??= openOnnxEngine({ device: 'cpu', threads: 1 })
  return opened
}

/** What a step gives on TensorFlow.js's CPU backend. */
export async function onCpu(step: Step, inputs: Record<string, Given>): Promise<Record<string, Values>> {
  const before = tf.getBackend()
  await tf.setBackend('cpu')
  try {
    return tf.tidy(() => {
      const tensors = Object.entries(inputs).map(([name, given]) => [
        name,
        tf.tensor(given.values.slice(), given.shape, dtypeOf(given)),
      ])
      const results = step(Object.fromEntries(tensors))
      const arrays = Object.entries(results).map(([name, tensor]) => [name, tensor.dataSync()])
      return Object.fromEntries(arrays) as never
    })
  } finally {
    if (before) await tf.setBackend(before)
  }
}

/** What it gives on the engine. */
export async function onEngine(step: Step, inputs: Record<string, Given>): Promise<Record<string, Values>> {
  const own = await engine()
  await tf.setBackend('retort')
  const compiled = await own.compile(step, signatures(inputs))
  try {
    return await compiled.run(valuesOf(inputs))
  } finally {
    compiled.dispose()
  }
}

export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  expect(actual.length, `${what}: length`).toBe(expected.length)
  let worst = 0
  let at = -1
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!]
    if (Object.is(a, e) || a === e) continue
    const error = Math.abs(a - e) / Math.max(1, Math.abs(e))
    if (!(error <= worst)) {
      worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error
      at = i
    }
  }
  const found = at < 0 ? '' : `${what}[${at}]: ${actual[at]}, expected ${expected[at]}`
  expect(worst, found).toBeLessThanOrEqual(tolerance)
}

/** The results of a case, and the gradients of their weighted sum. */
export function stepOf({ run, gradient, inputs }: Case): Step {
  const wanted =
    gradient === false
      ? []
      : Array.isArray(gradient)
        ? gradient
        : Object.keys(inputs).filter((k) => dtypeOf(inputs[k]!) === 'float32')
  return (tensors) => {
    const results: Record<string, tf.Tensor> = {}
    const outputs = ([] as tf.Tensor[]).concat(run(tensors))
    for (const [i, output] of outputs.entries()) results[`result ${i}`] = output
    if (wanted.length === 0) return results
    const weighted = (...xs: tf.Tensor[]) => {
      const all = { ...tensors, ...Object.fromEntries(wanted.map((name, i) => [name, xs[i]!])) }
      const parts = ([] as tf.Tensor[]).concat(run(all)).filter((t) => t.dtype === 'float32')
      return tf.addN(parts.map((t) => tf.sum(tf.mul(t, weights(t.shape))))) as tf.Scalar
    }
    const gradients = tf.grads(weighted)(wanted.map((name) => tensors[name]!))
    for (const [i, name] of wanted.entries()) results[`gradient of ${name}`] = gradients[i]!
    return results
  }
}

/** Different weights for all elements, so that an exchange of two is seen. */
function weights(shape: number[]): tf.Tensor {
  const { values } = floats(shape, { low: 0.5, high: 1.5, seed: 7 })
  return tf.tensor(values, shape)
}

/** The kernels that a call of `work` runs on the engine. */
export async function kernelsOf(work: () => Promise<void>): Promise<Set<string>> {
  const ran = new Set<string>()
  const restore: (() => void)[] = []
  for (const config of tf.getKernelsForBackend('retort')) {
    const { kernelFunc } = config
    config.kernelFunc = (call) => {
      ran.add(config.kernelName)
      return kernelFunc(call)
    }
    restore.push(() => {
      config.kernelFunc = kernelFunc
    })
  }
  try {
    await work()
  } finally {
    for (const undo of restore) undo()
  }
  return ran
}

export async function compare(one: Case): Promise<void> {
  const step = stepOf(one)
  await engine()
  const expected = await expectedOf(one)
  let actual: Record<string, Values> = {}
  const ran = await kernelsOf(async () => {
    actual = await onEngine(step, one.inputs)
  })
  expect([...ran]).toContain(one.kernel)
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const [name, values] of Object.entries(expected)) {
    expectClose(actual[name]!, values, one.tolerance ?? 1e-5, name)
  }
}

/** What the CPU backend makes of a case, or of what it runs instead. */
export const expectedOf = (one: Case): Promise<Record<string, Values>> =>
  onCpu(stepOf(one.reference === undefined ? one : { ...one, run: one.reference }), one.inputs)
