// Which output of an ONNX model is learned from, and how its numbers become logits.
import type { ResolvedOnnx } from '@retort/schema/given'
import onnxProto from 'onnx-proto'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Data } from '../../data/data.ts'
import { float32Of } from './numbers.ts'
import { type Model, type Node, nodesOf } from './onnxFile.ts'
import { type Dims, fits } from './onnxInput.ts'
import { scoresOf } from './scores.ts'
import { GivenProblem } from './source.ts'

type Metadata = InferenceSession['outputMetadata'][number]
type Classes = Pick<Data, 'labelShape' | 'classes'>

export interface Output {
  /** Of the tensor. */
  name: string
  /** @throws GivenProblem where it is of another shape than the model says, or gives no probabilities */
  logits(tensor: Tensor, samples: number): Float32Array
}

/** By the name of an output that is a list of maps, the tensor that its ZipMap is made of. */
export function zippedIn({ graph }: Model): Map<string, string> {
  const outputs = new Set((graph?.output ?? []).map(({ name }) => name))
  const zips = (graph?.node ?? []).filter(({ opType, output }) => opType === 'ZipMap' && outputs.has(output![0]!))
  return new Map(zips.map(({ input, output }) => [output![0]!, input![0]!]))
}

/** The model without these ZipMaps, which onnxruntime has for float32 alone: their tensors are outputs in their place. */
export function unzipped(bytes: Buffer, zipped: Map<string, string>, model: Model): Uint8Array {
  if (zipped.size === 0) return bytes
  const node = model.graph!.node!.filter(({ output }) => !zipped.has(output?.[0] ?? ''))
  const names = new Set(model.graph!.output!.map(({ name }) => zipped.get(name!) ?? name!))
  const output = [...names].map((name) => model.graph!.output!.find((each) => each.name === name) ?? { name })
  return onnxProto.onnx.ModelProto.encode({ ...model, graph: { ...model.graph, node, output } }).finish()
}

/** @throws GivenProblem where none gives what the data's classes need, or several do */
export function outputOf(
  session: InferenceSession,
  { output, gives }: Pick<ResolvedOnnx, 'output' | 'gives'>,
  data: Classes,
  zipped: Map<string, string>,
): Output {
  const { name, column } = chosen(session.outputMetadata, output && (zipped.get(output) ?? output), data)
  const read = scoresOf({ name, column, gives, path: output === null ? ['file'] : ['output'] }, data)
  return { name, logits: (tensor, samples) => read(float32Of(tensor), tensor.dims, samples) }
}

function chosen(outputs: readonly Metadata[], name: string | null, data: Classes): { name: string; column: boolean } {
  const names = outputs.map((each) => `"${each.name}"`).join(', ')
  if (name !== null) {
    const stated = outputs.find((each) => each.name === name)
    if (stated === undefined)
      throw new GivenProblem(`expected an output of the model: ${names}, got "${name}"`, ['output'])
    const kind = kindOf(stated, data)
    if (kind === null) throw wrongOutput(stated, data, ['output'])
    return { name, column: kind === 'column' }
  }
  for (const kind of ['rows', 'column'] as const) {
    const fitting = outputs.filter((each) => kindOf(each, data) === kind)
    // Hidden numbers may be as many as there are classes.
    const called = fitting.filter((each) => each.name.toLowerCase() === 'logits')
    const [first, second] = called.length === 1 ? called : fitting
    if (second !== undefined) {
      throw unclear(outputs, data)
    }
    if (first !== undefined) return { name: first.name, column: kind === 'column' }
  }
  if (outputs.length === 1) throw wrongOutput(outputs[0]!, data, ['file'])
  throw unclear(outputs, data)
}

function unclear(outputs: readonly Metadata[], { labelShape, classes }: Classes): GivenProblem {
  const named = (some: readonly Metadata[]) => some.map(({ name }) => `"${name}"`).join(', ')
  const columns = outputs.filter((each) => each.isTensor && scores.includes(each.type) && isColumn(each.shape as Dims))
  const way = 'options={"zipmap": False} of scikit-learn’s exporter gives one with all of them'
  const isEach = columns.length === classes && labelShape.length === 0
  if (isEach && classes > 2) {
    const message = `it has an output of its own for each of the ${classes} classes, ${named(columns)}: export it with one of all`
    return new GivenProblem(`${message}; ${way}`, ['file'])
  }
  const message = `which output has the ${classes} classes is not clear: say which of ${named(outputs)}`
  return new GivenProblem(isEach ? `${message}, that of the second class where each has one; ${way}` : message, [
    'output',
  ])
}

const isColumn = (dims: Dims): boolean => dims.length > 0 && dims.slice(1).every((length) => length === 1)

const scores = ['float32', 'float16', 'float64', 'uint8', 'int8']

/** As far as the model says: a row of classes, the column of one of two classes, or neither. */
function kindOf(metadata: Metadata, { labelShape, classes }: Classes): 'rows' | 'column' | null {
  if (!metadata.isTensor || !scores.includes(metadata.type)) return null
  const shape = [...labelShape, classes]
  const dims = metadata.shape as Dims
  if (dims.length === 0) return 'rows'
  const squeezed = (of: Dims) => of.filter((length) => length !== 1)
  const [inside, whole] = [squeezed(dims.slice(1)), squeezed(dims)]
  const wanted = shape.filter((length) => length !== 1)
  // A sample without an axis of samples around it.
  const isAlone = dims.every((length) => typeof length === 'number' && length > 0) && fits(whole, wanted)
  if (fits(inside, wanted) || isAlone) return 'rows'
  return classes === 2 && labelShape.length === 0 && inside.length === 0 ? 'column' : null
}

function wrongOutput(metadata: Metadata, { labelShape, classes }: Classes, path: string[]): GivenProblem {
  const got = metadata.isTensor ? `${metadata.type} [${metadata.shape.join(', ')}]` : 'no tensor'
  const expected = `float32 [${['batch', ...labelShape, classes].join(', ')}]`
  const isLabel = metadata.isTensor && !scores.includes(metadata.type)
  const why = isLabel ? ': it names classes, and what is learned from are the scores of all classes' : ''
  return new GivenProblem(`output "${metadata.name}": expected ${expected}, got ${got}${why}`, path)
}

/** The classes that classifiers of ai.onnx.ml say their scores are of, in their order. */
export const classesNamed = (model: Model): string[][] =>
  nodesOf(model).flatMap(({ attribute }: Node) =>
    (attribute ?? []).flatMap(({ name, ints, strings }) => {
      if (!/^classlabels?_/.test(name ?? '')) return []
      const texts = (strings ?? []).map((each) => Buffer.from(each as Uint8Array).toString('utf8'))
      const list = [...(ints ?? []).map(String), ...texts]
      return list.length === 0 ? [] : [list]
    }),
  )
