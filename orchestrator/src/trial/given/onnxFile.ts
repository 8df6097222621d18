// What an ONNX file says of itself, without running it: its weights, wherever they stand, its metadata, its operators.
import onnxProto from 'onnx-proto'
import { normalisationIn } from '../../spec/given/tfjs.ts'
import { GivenProblem } from './source.ts'
import { tokenizerIn } from './tokens.ts'

const { onnx } = onnxProto

export type Model = InstanceType<typeof onnx.ModelProto>
export type Node = NonNullable<NonNullable<Model['graph']>['node']>[number]
export type TensorProto = NonNullable<NonNullable<Model['graph']>['initializer']>[number]

/** @throws GivenProblem where the bytes are no ONNX model, or one that gives nothing */
export function readModel(bytes: Buffer): Model {
  if (bytes.length === 0) throw new GivenProblem('expected an ONNX model, got an empty file', ['file'])
  let model: Model
  try {
    model = onnx.ModelProto.decode(bytes)
  } catch (error) {
    throw new GivenProblem(`expected an ONNX model, got other bytes: ${(error as Error).message}`, ['file'])
  }
  if (!model.graph) throw new GivenProblem('expected an ONNX model, got bytes without a graph', ['file'])
  if (!model.graph.output?.length) {
    throw new GivenProblem('expected a model that gives logits, got one without an output', ['file'])
  }
  return model
}

/** Those of its graph, of the graphs inside of If, Loop and Scan, and of its functions. */
export function nodesOf({ graph, functions }: Model): Node[] {
  const inside = (nodes: readonly Node[]): Node[] =>
    nodes.flatMap((node) => [node, ...graphsIn(node).flatMap((each) => inside((each.node ?? []) as Node[]))])
  return [graph, ...(functions ?? [])].flatMap((each) => inside((each?.node ?? []) as Node[]))
}

type Graph = NonNullable<Model['graph']>

const graphsIn = ({ attribute }: Node): Graph[] =>
  (attribute ?? []).flatMap(({ g, graphs }) => [...(g ? [g] : []), ...(graphs ?? [])]) as Graph[]

/** The weights of a model: initializers, and what nodes hold, as Constant does. */
export function tensorsOf(model: Model): { tensor: TensorProto; isInitializer: boolean; name: string }[] {
  const nodes = nodesOf(model)
  const graphs = [...(model.graph ? [model.graph] : []), ...nodes.flatMap(graphsIn)]
  const initializers = graphs.flatMap(({ initializer, sparseInitializer }) => [
    ...(initializer ?? []),
    ...(sparseInitializer ?? []).flatMap(dense),
  ]) as TensorProto[]
  const constants = nodes.flatMap(({ attribute, output }) =>
    (attribute ?? []).flatMap(({ t, tensors, sparseTensor, sparseTensors }) => {
      const held = [
        ...(t ? [t] : []),
        ...(tensors ?? []),
        ...[...(sparseTensor ? [sparseTensor] : []), ...(sparseTensors ?? [])].flatMap(dense),
      ] as TensorProto[]
      return held.map((tensor) => ({ tensor, isInitializer: false, name: tensor.name || (output?.[0] ?? '') }))
    }),
  )
  return [...initializers.map((tensor) => ({ tensor, isInitializer: true, name: tensor.name ?? '' })), ...constants]
}

/** Of a sparse tensor its numbers alone are weights, but both of its parts may stand in another file. */
const dense = ({ values, indices }: { values?: unknown; indices?: unknown }) =>
  [values, indices].filter((part) => part != null) as TensorProto[]

/** What ai.onnx.ml has beside models: these learn nothing. */
const withoutWeights = new Set([
  'ArrayFeatureExtractor',
  'Binarizer',
  'CastMap',
  'CategoryMapper',
  'DictVectorizer',
  'FeatureVectorizer',
  'LabelEncoder',
  'Normalizer',
  'OneHotEncoder',
  'ZipMap',
])

/** Null where trees, support vectors and the like keep what they have learned in attributes, which nobody counts so. */
export function parametersOf(model: Model): number | null {
  const isLearned = ({ domain, opType }: Node) => domain === 'ai.onnx.ml' && !withoutWeights.has(opType ?? '')
  if (nodesOf(model).some(isLearned)) return null
  const { FLOAT, FLOAT16, DOUBLE, BFLOAT16 } = onnx.TensorProto.DataType
  const floats = tensorsOf(model).filter(
    ({ tensor: { dataType, dims }, isInitializer }) =>
      [FLOAT, FLOAT16, DOUBLE, BFLOAT16].includes(dataType as number) &&
      // A number without axes in a node is one of a formula, such as an epsilon.
      (isInitializer || (dims ?? []).length > 0),
  )
  return floats.reduce((sum, { tensor }) => sum + sizeOfTensor(tensor), 0)
}

export const sizeOfTensor = ({ dims }: Pick<TensorProto, 'dims'>): number =>
  (dims ?? []).reduce<number>((product, length) => product * Number(length), 1)

/** What Retort's exports say of how inputs are standardised, and of the tokenizer's hash; null where nothing is said. */
export function metadataOf({ metadataProps }: Model) {
  const metadata = (name: string) => jsonIn(metadataProps?.find(({ key }) => key === name)?.value)
  const normalisation = normalisationIn(metadata('preprocessing'))
  return {
    preprocessing: normalisation && { scale: 255, ...normalisation },
    tokenizer: tokenizerIn(metadata('tokenizer')),
  }
}

/** As Retort's exports write it; metadata of other programs under the same name are not for it. */
function jsonIn(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}
