// Encodes a graph as an ONNX model.
import onnxProto from 'onnx-proto'
import { operator } from './operators.ts'
import { ordered } from './order.ts'
import type { Graph } from './print.ts'
import type { Data, ElementType, Operation, Value } from './value.ts'

const { onnx } = onnxProto

export const OPSET = 18
const IR_VERSION = 8

const TYPES: Record<ElementType, number> = {
  float32: onnx.TensorProto.DataType.FLOAT,
  int32: onnx.TensorProto.DataType.INT32,
  int64: onnx.TensorProto.DataType.INT64,
  bool: onnx.TensorProto.DataType.BOOL,
}

export interface EncodeOptions {
  name: string
  documentation?: string
  /** The model's own properties, which onnxruntime gives back as custom metadata. */
  metadata?: Record<string, string>
  /** The shape to write for an input or output, where it is not the value's: names stand for any length. */
  shape?: (value: Value) => (number | string)[]
}

/** The bytes of an ONNX model. Constants are written as raw data. */
export function encode(graph: Graph, options: EncodeOptions): Uint8Array {
  const names = new Map<Value, string>()
  const initializers: InstanceType<typeof onnx.TensorProto>[] = []
  const nodes: InstanceType<typeof onnx.NodeProto>[] = []
  for (const { name, value } of graph.inputs) names.set(value, name)

  const read = (value: Value): string => {
    const known = names.get(value)
    if (known !== undefined) return known
    if (value.from.kind !== 'constant') throw new Error('A value is read that is neither fed nor computed')
    const name = `c${initializers.length}`
    names.set(value, name)
    const dims = [...value.shape]
    initializers.push(
      onnx.TensorProto.create({ name, dims, dataType: TYPES[value.type], rawData: raw(value.from.data) }),
    )
    return name
  }

  // A result takes its own name where it is computed, unless two results are one value or nothing computes it.
  const copies: { name: string; value: Value }[] = []
  for (const { name, value } of graph.outputs) {
    if (value.from.kind === 'operation' && !names.has(value)) names.set(value, name)
    else copies.push({ name, value })
  }
  const operations = ordered(graph.outputs.map((o) => o.value))
  const wanted = new Set(operations.flatMap((o) => o.inputs))
  for (const operation of operations) {
    const needed = operator(operation.operator).optional ?? operation.outputs.length
    const output = operation.outputs.map((value, i) => {
      if (i >= needed && !wanted.has(value) && !names.has(value)) return ''
      if (!names.has(value)) names.set(value, `v${names.size}`)
      return names.get(value)!
    })
    while (output.at(-1) === '') output.pop()
    nodes.push(
      onnx.NodeProto.create({
        name: `${operation.operator}_${nodes.length}`,
        opType: operator(operation.operator).type ?? operation.operator,
        domain: domainOf(operation),
        input: operation.inputs.map((value) => (value ? read(value) : '')),
        output,
        attribute: attributes(operation),
      }),
    )
  }
  for (const { name, value } of copies) {
    nodes.push(
      onnx.NodeProto.create({ name: `copy_${name}`, opType: 'Identity', input: [read(value)], output: [name] }),
    )
  }
  const port = ({ name, value }: { name: string; value: Value }) =>
    info(name, value, options.shape?.(value) ?? [...value.shape])
  const model = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    producerName: 'retort',
    docString: options.documentation ?? '',
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    opsetImport: [
      { domain: '', version: OPSET },
      ...[...new Set(operations.map(domainOf))].filter(Boolean).map((domain) => ({ domain, version: 1 })),
    ],
    graph: {
      name: options.name,
      node: nodes,
      initializer: initializers,
      input: graph.inputs.map(port),
      output: graph.outputs.map(port),
    },
  })
  return onnx.ModelProto.encode(model).finish()
}

const domainOf = (operation: Operation): string => operator(operation.operator).domain ?? ''

function raw(data: Data): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

function info(name: string, value: Value, shape: (number | string)[]) {
  const dim = shape.map((n) => (typeof n === 'string' ? { dimParam: n } : { dimValue: n }))
  return { name, type: { tensorType: { elemType: TYPES[value.type], shape: { dim } } } }
}

function attributes(operation: Operation) {
  const kinds = operator(operation.operator).attributes ?? {}
  const { AttributeType } = onnx.AttributeProto
  return Object.entries(operation.attributes).map(([name, value]) => {
    switch (kinds[name]) {
      case 'int':
        return { name, type: AttributeType.INT, i: value as number }
      case 'ints':
        return { name, type: AttributeType.INTS, ints: [...(value as number[])] }
      case 'float':
        return { name, type: AttributeType.FLOAT, f: value as number }
      case 'string':
        return { name, type: AttributeType.STRING, s: Buffer.from(value as string) }
      default:
        throw new Error(`${operation.operator} has no attribute ${name}`)
    }
  })
}
