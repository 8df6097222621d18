// Computes recorded values outside of compiled steps, for `await tensor.data()`.
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import { apply } from '../graph/build.ts'
import { encode } from '../graph/encode.ts'
import { optimise } from '../graph/optimise.ts'
import { ordered } from '../graph/order.ts'
import type { Graph } from '../graph/print.ts'
import type { Data, Value } from '../graph/value.ts'
import { verify } from '../graph/verify.ts'
import type { Evaluate } from '../record/backend.ts'
import { whole } from '../record/recorded.ts'
import { type Runtime, sessionOptions } from './runtime.ts'
import { tensorOf } from './state.ts'

// Larger constants are fed, so that encoding does not copy them and onnxruntime does not compute with them twice.
const SMALL = 16

export function evaluate(runtime: Runtime): Evaluate {
  return async (recorded) => {
    const [value] = optimise([whole(recorded)]) as [Value]
    const result = value.from.kind === 'operation' ? value : apply('Identity', [value])
    const feeds: Record<string, Tensor> = {}
    const inputs: Graph['inputs'] = []
    for (const input of new Set(ordered([result]).flatMap((operation) => operation.inputs))) {
      if (input?.from.kind !== 'constant' || input.from.data.length <= SMALL) continue
      const name = `in ${inputs.length}`
      inputs.push({ name, value: input })
      feeds[name] = tensorOf(input.type, input.from.data, input.shape)
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
