// Writes a prediction as an ONNX model for plain onnxruntime: weights inside, any batch size.
import { getBackend, setBackend, type Tensor } from '@tensorflow/tfjs-core'
import type { Signature } from './engine.ts'
import { encode, OPSET } from './graph/encode.ts'
import { freeBatch, withFreed } from './graph/freeBatch.ts'
import { optimise } from './graph/optimise.ts'
import type { Graph } from './graph/print.ts'
import { constant, type Data, type Value } from './graph/value.ts'
import { verify } from './graph/verify.ts'
import type { RecordingBackend } from './record/backend.ts'
import { activate } from './record/kernels.ts'
import { trace } from './record/trace.ts'

export interface ExportOptions {
  /** Names of the input and the output. */
  input: string
  output: string
  /** The input's type, float32 if left out. */
  dtype?: Signature['dtype']
  /** Facts that whoever runs the model needs to know. */
  metadata?: Record<string, string>
}

const BATCH = 'batch'
// Two lengths tell the batch's axis from all others.
const LENGTHS = [11, 13] as const

/**
 * An ONNX model of a prediction with the present values of the variables that it reads.
 * @param predict from a batch to its results; the first axis of both is the batch
 * @param shape the input's shape without the batch, in TensorFlow.js's order of axes (images [H,W,C])
 * @returns the bytes of a model with one input and one output
 * @throws Error if the prediction works only for a fixed batch size
 */
export async function exportOnnx(
  predict: (input: Tensor) => Tensor,
  shape: number[],
  { input, output, dtype = 'float32', metadata }: ExportOptions = { input: 'input', output: 'logits' },
): Promise<Uint8Array> {
  const before = getBackend()
  const backend = await activate()
  const { target } = backend
  // Only standard operators, whatever the engine here would take.
  backend.target = { device: 'cpu' }
  try {
    const [one, other] = [
      await predicted(backend, predict, { shape: [LENGTHS[0], ...shape], dtype }),
      await predicted(backend, predict, { shape: [LENGTHS[1], ...shape], dtype }),
    ]
    const freed = freeBatch([one.output], [other.output])
    const inputs = [{ name: input, value: one.input }]
    verify({ inputs, outputs: [{ name: output, value: one.output }] })
    const [value] = withFreed([one.output], freed) as [Value]
    const graph: Graph = { inputs, outputs: [{ name: output, value }] }
    if (value.shape[0] !== LENGTHS[0])
      throw new Error(`The prediction's shape [${value.shape}] does not begin with the batch`)
    const axes = shape.length === 3 ? '[batch, height, width, channels]' : `[batch, ${shape.join(', ')}]`
    return encode(graph, {
      name: 'prediction',
      documentation: `Input '${input}' is ${dtype} ${axes}, output '${output}' is float32 [batch, ...]. ONNX opset ${OPSET}.`,
      metadata: metadata ?? {},
      shape: (value) => [BATCH, ...value.shape.slice(1)],
    })
  } finally {
    backend.target = target
    if (before !== getBackend()) await setBackend(before)
  }
}

/** The prediction's graph for one batch size, with variables as constants. */
async function predicted(
  backend: RecordingBackend,
  predict: (input: Tensor) => Tensor,
  signature: Signature,
): Promise<{ input: Value; output: Value }> {
  const step = ({ input }: Record<string, Tensor>) => ({ output: predict(input!) })
  const { inputs, outputs, variables } = trace(backend, step, { input: signature })
  const known = new Map<Value, Value>()
  for (const { variable, placeholder } of variables) {
    const data = (await backend.read(variable.dataId)) as Data
    known.set(placeholder, constant(data, placeholder.shape, placeholder.type))
  }
  const [output] = optimise([outputs[0]!.value], known) as [Value]
  return { input: inputs[0]!.placeholder, output }
}
