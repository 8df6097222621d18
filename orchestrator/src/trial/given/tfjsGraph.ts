// A graph-model of TensorFlow.js: operations without layers, as its converter makes of TensorFlow's saved models. The
// converter's own executor calls them while a step is traced, and so they are recorded as those of layers are.
import type { ResolvedTfjs } from '@retort/schema/given'
import { type GraphModel as AnyGraphModel, loadGraphModelSync } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import type { Data } from '../../data/data.ts'
import type { Engine } from '../../engine/engine.ts'
import type { TfjsModel } from '../../spec/given/tfjs.ts'
import { predictionBatch } from '../workbench.ts'
import { fits } from './onnxInput.ts'
import type { OpenModel } from './predicted.ts'
import { scoresOf } from './scores.ts'
import { GivenProblem } from './source.ts'
import { type Graph, withKnownShapes } from './tfjsShapes.ts'

type GraphModel = Pick<AnyGraphModel, 'inputs' | 'outputs'>
type Read = TfjsModel & { graph: NonNullable<TfjsModel['graph']> }

/** @throws GivenProblem where it does not fit the data, or has what cannot be traced */
export async function openGraph(
  given: ResolvedTfjs,
  { graph, weights, bytes }: Read,
  data: Data,
  engine: Engine,
  atMost?: number,
): Promise<OpenModel> {
  const first = loaded({ graph, weights, bytes })
  const { name: input, shape } = inputOf(first, data)
  const { name: output, column } = outputOf(first, given, data)
  first.dispose()
  const batch = predictionBatch(data, atMost)
  const dtype = data.vocabulary === null ? ('float32' as const) : ('int32' as const)
  const known = await trying(() =>
    withKnownShapes({ graph, weights, bytes }, (model, nodes) =>
      valuesOf(model, nodes, () => ({ [input]: tf.zeros([batch, ...shape], dtype) })),
    ),
  )
  const model = loaded(known)
  let dims: number[] = []
  const step = ({ images }: Record<string, tf.Tensor>) => {
    const logits = model.execute({ [input]: tf.reshape(images!, [batch, ...shape]) }, output) as tf.Tensor
    dims = logits.shape
    return { logits: tf.cast(logits, 'float32') }
  }
  const inputs = { images: { shape: [batch, ...data.inputShape], dtype } }
  const compiled = await trying(() => engine.compile(step, inputs))
  const { gives = 'logits' } = given
  const read = scoresOf({ name: output, path: ['file'], column, gives }, data)
  const parameters = weights
    .filter(({ dtype, shape }) => dtype === 'float32' && shape.length > 0)
    .reduce((sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1), 0)
  return {
    model: {
      run: async (values) => {
        const images = values instanceof Float64Array ? Float32Array.from(values) : values
        return read((await compiled.run({ images })).logits as Float32Array, dims, batch)
      },
      batch,
    },
    sizes: async () => ({ parameters, multiplyAccumulates: null, onnxBytes: null }),
    notes: [],
    close: async () => {
      compiled.dispose()
      model.dispose()
    },
  }
}

const loaded = ({ graph, weights, bytes }: Graph) =>
  trying(() =>
    loadGraphModelSync({
      ...graph,
      weightSpecs: weights.map(({ place: _, ...weight }) => weight),
      weightData: Uint8Array.from(bytes).buffer,
    } as tf.io.ModelArtifacts),
  )

/** Computed outside of a trace, where the engine tells the values of a tensor. */
async function valuesOf(graph: Graph, nodes: string[], inputs: () => tf.NamedTensorMap) {
  const model = loaded(graph)
  const given = inputs()
  const found = [model.execute(given, nodes)].flat()
  const values = await Promise.all(found.map(async (tensor) => ({ values: await tensor.data(), shape: tensor.shape })))
  for (const tensor of [...found, ...Object.values(given)]) tensor.dispose()
  model.dispose()
  return values
}

/** What TensorFlow.js says, or the engine, of what it cannot do. */
function trying<T>(make: () => T): T {
  const told = (error: unknown) => {
    if (error instanceof GivenProblem || !(error instanceof Error)) return error
    return new GivenProblem(`it cannot be run: ${error.message}`, ['file'])
  }
  try {
    const made = make()
    if (made instanceof Promise) return made.catch((error: unknown) => Promise.reject(told(error))) as T
    return made
  } catch (error) {
    throw told(error)
  }
}

function inputOf({ inputs }: GraphModel, { inputShape }: Data): { name: string; shape: number[] } {
  const [first, ...others] = inputs
  if (first === undefined || others.length > 0) {
    const names = inputs.map(({ name }) => `"${name}"`).join(', ')
    throw new GivenProblem(`expected a model with one input, got ${inputs.length}: ${names}`, ['file'])
  }
  const size = inputShape.reduce((product, length) => product * length, 1)
  const taken = first.shape?.slice(1)
  const shape = [inputShape, [size]].find((each) => taken === undefined || fits(taken, each))
  if (shape !== undefined) return { name: first.name, shape }
  const [expected, got] = [inputShape.join(', '), first.shape!.join(', ')]
  throw new GivenProblem(`input "${first.name}": expected samples of [${expected}], got [${got}]`, ['file'])
}

function outputOf({ outputs }: GraphModel, { output }: ResolvedTfjs, { labelShape, classes }: Data) {
  const names = outputs.map(({ name }) => `"${name}"`).join(', ')
  const lengthsOf = (shape: number[] | undefined) => shape?.slice(1).filter((length) => length !== 1)
  const wanted = [...labelShape, classes]
  const known = outputs.map(({ name, shape }) => {
    const inside = lengthsOf(shape)
    const column = classes === 2 && labelShape.length === 0 && inside?.length === 0
    return { name, column, isFitting: column || inside === undefined || fits(inside, wanted) }
  })
  if (output !== undefined) {
    const stated = known.find(({ name }) => name === output || name === `${output}:0`)
    if (stated !== undefined) return stated
    throw new GivenProblem(`expected an output of the model: ${names}, got "${output}"`, ['output'])
  }
  const [first, second] = known.filter(({ isFitting }) => isFitting)
  if (first !== undefined && second === undefined) return first
  const shapes = outputs.map(({ name, shape }) => `"${name}" [${shape?.join(', ') ?? 'any'}]`).join(', ')
  const [expected, path] =
    first === undefined ? [`an output [batch, ${wanted.join(', ')}]`, 'file'] : ['one output, or its name', 'output']
  throw new GivenProblem(`expected ${expected}, got ${shapes}`, [path])
}
