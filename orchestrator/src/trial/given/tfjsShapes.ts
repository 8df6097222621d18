// Shapes that a graph-model computes of other shapes, such as those of a Flatten in Keras 3. A step that is traced needs
// them while it is traced; with the batch known they are known, so they are computed beforehand and become constants.
import type { TfjsModel } from '../../spec/given/tfjs.ts'
import { GivenProblem } from './source.ts'

interface Node {
  name: string
  op: string
  input?: string[]
  attr?: object
}

export type Graph = Pick<TfjsModel, 'weights' | 'bytes'> & { graph: NonNullable<TfjsModel['graph']> }

/** By operation, which of its inputs say shapes, axes and the like, in place of what it computes with. */
const saying: Record<string, number[]> = {
  BroadcastTo: [1],
  Fill: [0],
  Mean: [1],
  Pad: [1],
  PadV2: [1],
  Reshape: [1],
  ResizeBilinear: [1],
  ResizeNearestNeighbor: [1],
  Slice: [1, 2],
  StridedSlice: [1, 2, 3],
  Sum: [1],
  Tile: [1],
  Transpose: [1],
}

/**
 * @param valuesOf values of nodes of a graph, whole numbers, with their shapes
 * @throws GivenProblem where one depends on what the samples hold
 */
export async function withKnownShapes(
  model: Graph,
  valuesOf: (model: Graph, nodes: string[]) => Promise<{ values: ArrayLike<number>; shape: number[] }[]>,
): Promise<Graph> {
  let known = model
  for (;;) {
    const nodes = new Map((known.graph.modelTopology as { node: Node[] }).node.map((node) => [node.name, node]))
    const all = [...nodes.values()]
    const unknown = [...new Set(all.flatMap((node) => saidTo(node, nodes)))]
    if (unknown.length === 0) return known
    const ready = unknown.filter((name) => isReady(name, nodes))
    if (ready.length === 0) throw new Error('a graph whose shapes wait for each other')
    const found = await valuesOf(known, ready)
    const constants = new Map(ready.map((name, index) => [name, found[index]!]))
    const node = all.map((each) =>
      constants.has(each.name) ? { name: each.name, op: 'Const', attr: { dtype: { type: 'DT_INT32' } } } : each,
    )
    const weights = [...constants].map(([name, { shape }]) => ({ name, shape, dtype: 'int32' as const, place: [] }))
    const parts = [...constants.values()].map(({ values }) => Buffer.from(Int32Array.from(values).buffer))
    known = {
      graph: { ...known.graph, modelTopology: { ...known.graph.modelTopology, node } },
      weights: [...known.weights, ...weights],
      bytes: Buffer.concat([known.bytes, ...parts]),
    }
  }
}

/** Nodes that say a shape to this one and are no constants. */
function saidTo({ op, input = [] }: Node, nodes: Map<string, Node>): string[] {
  const names = (saying[op] ?? []).flatMap((at) => input[at] ?? []).map(nameIn)
  return names.filter((name) => !isConstant(name, nodes))
}

function isConstant(name: string, nodes: Map<string, Node>): boolean {
  const { op, input = [] } = nodes.get(name)!
  return op === 'Const' || (op === 'Identity' && isConstant(nameIn(input[0]!), nodes))
}

/** `^name` is waited for, `name:1` is a second output. */
const nameIn = (input: string): string => input.replace(/^\^/, '').replace(/:\d+$/, '')

/** Whether all that it takes to compute it has its shapes; shapes alone may be between it and the samples. */
function isReady(name: string, nodes: Map<string, Node>): boolean {
  const seen = new Set<string>()
  const visit = (at: string, isOfShapes: boolean): boolean => {
    const key = `${at} ${isOfShapes}`
    if (seen.has(key)) return true
    seen.add(key)
    const node = nodes.get(at)!
    if (isOfShapes && /^Placeholder/.test(node.op)) {
      throw new GivenProblem(`it cannot be run: the shape "${name}" depends on what the samples hold`, ['file'])
    }
    if (saidTo(node, nodes).length > 0) return false
    return (node.input ?? []).every((input) => visit(nameIn(input), isOfShapes && node.op !== 'Shape'))
  }
  return visit(name, true)
}
