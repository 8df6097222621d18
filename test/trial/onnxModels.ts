// Small ONNX models, written as the format says, for tests of teachers that somebody else has made.
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import type { ResolvedOnnx } from '@retort/schema/given'
import { fileOf, folder } from './givenTeachers.ts'

const { onnx } = createRequire(resolve(import.meta.dirname, '../../orchestrator/package.json'))('onnx-proto')

export type Dim = number | string

/** ONNX's numbers of types. */
export const types = { float32: 1, uint8: 2, int32: 6, int64: 7, float16: 10, float64: 11 } as const
export type Type = keyof typeof types

export interface Weight {
  dims: number[]
  values: ArrayLike<number>
  type?: Type
  /** Where it stands, in place of the model. */
  external?: { location: string; offset?: number; length?: number }
}

export interface Node {
  op: string
  in: string[]
  out: string[]
  /** Whole numbers, numbers, words, lists of these, weights and graphs. */
  with?: Record<string, unknown>
  domain?: string
}

interface Port {
  type?: Type
  dims: Dim[]
}

export interface Graph {
  inputs?: Record<string, Port>
  outputs: Record<string, Port | 'maps'>
  nodes: Node[]
  weights?: Record<string, Weight>
}

const makers: Record<Type, (values: ArrayLike<number>) => { buffer: ArrayBufferLike }> = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  uint8: (values) => Uint8Array.from(values),
  int32: (values) => Int32Array.from(values),
  int64: (values) => BigInt64Array.from(Array.from(values, BigInt)),
  // Bits.
  float16: (values) => Uint16Array.from(values),
}

export const bytesOf = (values: ArrayLike<number>, type: Type = 'float32') =>
  new Uint8Array(makers[type](values).buffer)

function tensor(name: string, { dims, values, type = 'float32', external }: Weight) {
  const entries = Object.entries(external ?? {}).map(([key, value]) => ({ key, value: String(value) }))
  const held = external === undefined ? { rawData: bytesOf(values, type) } : { dataLocation: 1, externalData: entries }
  return { name, dims, dataType: types[type], ...held }
}

const isWeight = (value: unknown): value is Weight => typeof value === 'object' && value !== null && 'dims' in value
const isGraph = (value: unknown): value is Graph => typeof value === 'object' && value !== null && 'nodes' in value
const utf8 = (text: unknown) => Buffer.from(String(text))

function attribute(name: string, value: unknown): object {
  if (isWeight(value)) return { name, type: 4, t: tensor('', value) }
  if (isGraph(value)) return { name, type: 5, g: graphOf(value) }
  if (typeof value === 'string') return { name, type: 3, s: utf8(value) }
  if (value instanceof Float32Array) return { name, type: 6, floats: [...value] }
  if (Array.isArray(value)) {
    return typeof value[0] === 'string'
      ? { name, type: 8, strings: value.map(utf8) }
      : { name, type: 7, ints: value as number[] }
  }
  return { name, type: 2, i: value as number }
}

const portOf = (name: string, port: Port | 'maps') => {
  if (port === 'maps') {
    const mapType = { keyType: types.int64, valueType: { tensorType: { elemType: 1 } } }
    return { name, type: { sequenceType: { elemType: { mapType } } } }
  }
  const dim = port.dims.map((length) => (typeof length === 'number' ? { dimValue: length } : { dimParam: length }))
  return { name, type: { tensorType: { elemType: types[port.type ?? 'float32'], shape: { dim } } } }
}

const graphOf = ({ inputs = {}, outputs, nodes, weights = {} }: Graph): object => ({
  name: 'graph',
  node: nodes.map(({ op, in: input, out: output, with: settings = {}, domain = '' }) => ({
    opType: op,
    input,
    output,
    domain,
    attribute: Object.entries(settings).map(([name, value]) => attribute(name, value)),
  })),
  input: Object.entries(inputs).map(([name, port]) => portOf(name, port)),
  output: Object.entries(outputs).map(([name, port]) => portOf(name, port)),
  initializer: Object.entries(weights).map(([name, weight]) => tensor(name, weight)),
})

export function onnxBytes(graph: Graph, { opset = 13, metadata = {} as Record<string, string> } = {}): Uint8Array {
  const model = onnx.ModelProto.create({
    irVersion: 8,
    opsetImport: [
      { domain: '', version: opset },
      { domain: 'ai.onnx.ml', version: 2 },
    ],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: graphOf(graph),
  })
  return onnx.ModelProto.encode(model).finish()
}

/** Writes it, too. */
export function onnxTeacher(
  name: string,
  graph: Graph,
  changes: Partial<ResolvedOnnx> = {},
  model: Parameters<typeof onnxBytes>[1] = {},
): ResolvedOnnx {
  writeFileSync(join(folder, name), onnxBytes(graph, model))
  return onnxFile(name, changes)
}

export const onnxFile = (name: string, changes: Partial<ResolvedOnnx> = {}): ResolvedOnnx => ({
  type: 'onnx',
  ...fileOf(name),
  inputLayout: null,
  output: null,
  gives: 'logits',
  normalisation: null,
  tokenizer: null,
  ...changes,
})
