// Computes recorded values outside of compiled steps, for `await tensor.data()`.
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import { apply } from '../graph/build.ts'
import { encode } from '../graph/encode.ts'
import { forWebgpu } from '../graph/forWebgpu.ts'
import { optimise } from '../graph/optimise.ts'
import { ordered } from '../graph/order.ts'
import type { Graph } from '../graph/print.ts'
import type { Data, Value } from '../graph/value.ts'
import { verify } from '../graph/verify.ts'
import type { Evaluate } from '../record/backend.ts'
import { whole } from '../record/recorded.ts'
import { type Runtime, sessionOptions } from './runtime.ts'
import { heldTensor, tensorOf } from './state.ts'

// Larger constants are fed, so that encoding does not copy them and onnxruntime does not compute with them twice.
const SMALL = 16

export function evaluate(runtime: Runtime): Evaluate {
  return async (recorded) => {
    const [optimised] = optimise([whole(recorded)]) as [Value]
    const value = runtime.device === 'webgpu' ? forWebgpu([optimised])[0]! : optimised
    const result = value.from.kind === 'operation' ? value : apply('Identity', [value])
    const feeds: Record<string, Tensor> = {}
    const inputs: Graph['inputs'] = []
    for (const input of new Set(ordered([result]).flatMap((operation) => operation.inputs))) {
      const tensor = input && fed(input)
      if (!tensor) continue
      const name = `in ${inputs.length}`
      inputs.push({ name, value: input })
      feeds[name] = tensor
    }
    const graph: Graph = { inputs, outputs: [{ name: 'result', value: result }] }
    verify(graph)
    const session = await InferenceSession.create(encode(graph, { name: 'value' }), sessionOptions(runtime))
    try {
      const results = await session.run(feeds)
      return results.result!.data as Data
    } finally {
      await session.release()
    }
  }
}

/** What is fed for a value, if it is not computed or part of the graph. */
function fed(value: Value): Tensor | undefined {
  if (value.from.kind !== 'constant') return heldTensor(value)
  return value.from.data.length <= SMALL ? undefined : tensorOf(value.type, value.from.data, value.shape)
}
