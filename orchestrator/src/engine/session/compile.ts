// Compiles a traced step into an onnxruntime session and runs it. The variables' values stay in their tensors: a run
// reads one and writes the other.
import type * as tf from '@tensorflow/tfjs-core'
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import type { CompiledStep, Values } from '../engine.ts'
import { cast } from '../graph/build.ts'
import { encode } from '../graph/encode.ts'
import { moveFactors } from '../graph/factors.ts'
import { forWebgpu } from '../graph/forWebgpu.ts'
import { applyBatchNorm, fuseBatchNorm } from '../graph/fuseBatchNorm.ts'
import { fuseLayerNorm } from '../graph/fuseLayerNorm.ts'
import { joinAlike } from '../graph/joinAlike.ts'
import { optimise } from '../graph/optimise.ts'
import { ordered } from '../graph/order.ts'
import type { Graph } from '../graph/print.ts'
import { newData, size, typeText, type Value } from '../graph/value.ts'
import { verify } from '../graph/verify.ts'
import type { RecordingBackend } from '../record/backend.ts'
import type { Trace } from '../record/trace.ts'
import { type Runtime, sessionOptions } from './runtime.ts'
import { bindAlone, heldTensor, spareOf, stateOf, swap, tensorOf } from './state.ts'

/** A traced step as the graph that will run, with the variables it reads and assigns. */
export interface Plan {
  graph: Graph
  inputs: { name: string; value: Value }[]
  reads: { name: string; variable: tf.Variable }[]
  assigns: { name: string; variable: tf.Variable }[]
  outputs: { name: string; port: string; value: Value }[]
  /** Tensors on the GPU that the step holds as other steps hold constants. */
  held: { name: string; value: Value }[]
}

/** @param device where it will run */
export function plan(trace: Trace, device: Runtime['device'] = 'cpu'): Plan {
  const assigned = trace.variables.filter(({ next, placeholder }) => next && next !== placeholder)
  const results = [
    ...trace.outputs.map(({ value }) => (value.type === 'bool' ? cast(value, 'int32') : value)),
    ...assigned.map(({ next }) => next!),
  ]
  const optimised = optimise(results)
  const values = rewritten(optimised, device)
  const outputs = trace.outputs.map(({ name }, i) => ({ name, port: `out ${name}`, value: values[i]! }))
  const assigns = assigned.map(({ variable }, i) => ({
    name: `next ${i}`,
    variable,
    value: values[trace.outputs.length + i]!,
  }))
  const read = new Set([...values, ...ordered(values).flatMap((operation) => operation.inputs)])
  const inputs = trace.inputs.map(({ name, placeholder }) => ({ name: `in ${name}`, value: placeholder }))
  const reads = trace.variables
    .filter(({ placeholder }) => read.has(placeholder))
    .map(({ variable, placeholder }, i) => ({ name: `variable ${i}`, variable, value: placeholder }))
  const held = [...read]
    .filter((value) => value !== undefined && heldTensor(value) !== undefined)
    .map((value, i) => ({ name: `held ${i}`, value: value! }))
  const graph: Graph = {
    inputs: [...inputs.filter(({ value }) => read.has(value)), ...reads, ...held],
    outputs: [...outputs.map(({ port, value }) => ({ name: port, value })), ...assigns],
  }
  return {
    graph,
    inputs: trace.inputs.map((i) => ({ name: i.name, value: i.placeholder })),
    reads,
    assigns,
    outputs,
    held,
  }
}

/** What a device's kernels want written in another way. */
function rewritten(values: Value[], device: Runtime['device']): Value[] {
  if (device === 'webgpu') return forWebgpu(joinAlike(moveFactors(applyBatchNorm(fuseLayerNorm(values)))))
  return device === 'cpu' ? fuseBatchNorm(fuseLayerNorm(values)) : values
}

/** @param options what this session has besides the runtime's options */
export async function compile(
  backend: RecordingBackend,
  runtime: Runtime,
  trace: Trace,
  options: InferenceSession.SessionOptions = {},
): Promise<CompiledStep> {
  const { graph, inputs, reads, assigns, outputs, held } = plan(trace, runtime.device)
  verify(graph)
  const session = await InferenceSession.create(encode(graph, { name: 'step' }), {
    ...sessionOptions(runtime),
    ...options,
  })
  const fed = new Set(session.inputNames)
  const results = outputs.map(({ name, port, value }) => {
    const data = newData(value.type, size(value.shape)) as Values
    return { name, port, data, tensor: tensorOf(value.type, data, value.shape) }
  })
  let disposed = false

  async function step(given: Record<string, Values>): Promise<Record<string, Values>> {
    if (disposed) throw new Error('This compiled step was disposed')
    const feeds: Record<string, Tensor> = {}
    for (const { name, value } of inputs) {
      const data = expectValues(name, given[name], value)
      if (fed.has(`in ${name}`)) feeds[`in ${name}`] = tensorOf(value.type, data, value.shape)
    }
    for (const { name, value } of held) feeds[name] = heldTensor(value)!
    for (const { name, variable } of reads) feeds[name] = (await stateOf(variable, backend, runtime)).current
    const fetches: Record<string, Tensor> = {}
    for (const { port, tensor } of results) fetches[port] = tensor
    const written = []
    for (const { name, variable } of assigns) {
      const state = await stateOf(variable, backend, runtime)
      bindAlone(variable, state, backend)
      // Not over the present values, which onnxruntime may still read: a reshaped variable shares their memory.
      fetches[name] = await spareOf(state)
      written.push(state)
    }
    await session.run(feeds, fetches)
    for (const state of written) swap(state)
    return Object.fromEntries(results.map(({ name, data }) => [name, data]))
  }

  return {
    run: (given) => runtime.oneAtATime(() => step(given)),
    dispose: () => {
      if (disposed) return
      disposed = true
      void session.release()
    },
  }
}

export function expectValues(name: string, data: Values | undefined, value: Value): Values {
  if (!data) throw new Error(`Input '${name}' is missing: expected ${typeText(value)}`)
  const wanted = value.type === 'float32' ? Float32Array : Int32Array
  if (!(data instanceof wanted) || data.length !== size(value.shape)) {
    const found = `${data.constructor.name} of ${data.length} elements`
    throw new Error(
      `Input '${name}': expected ${wanted.name} of ${size(value.shape)} elements (${typeText(value)}), got ${found}`,
    )
  }
  return data
}
