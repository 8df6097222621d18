// Reads a trained model of TensorFlow.js: model.json, and the files of weights beside it. What is wrong is told at its
// place in model.json.
import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { AffineNormalisation } from '@retort/schema/experiment'
import canonicalize from 'canonicalize'
import { InputError, type Path, type Problem, showValue } from '../../errors/problem.ts'
import { readTopology } from '../keras/read.ts'
import type { Complain } from '../keras/topology.ts'
import { isRecord } from '../schema.ts'
import { parseSource, readBytes, readText } from '../source.ts'
import { isOutside } from './files.ts'

export interface WeightSpec {
  name: string
  shape: number[]
  dtype: 'float32' | 'int32' | 'bool'
  quantization?: { dtype: 'uint8' | 'uint16' | 'float16'; min?: number; scale?: number }
  /** Where model.json lists it. */
  place: Path
}

export interface TfjsModel {
  /** Deflated, as `ResolvedKeras` has it; empty for a graph-model. */
  topology: string
  /** Of a graph-model, which has operations in place of layers. */
  graph: { modelTopology: object; signature: object | undefined } | null
  sha256: string
  weights: WeightSpec[]
  /** Of all weights, one after the other. */
  bytes: Buffer
  /** How images are standardised, where the file's metadata say so, as those of Retort's exports do. */
  preprocessing: AffineNormalisation | null
  /** What its metadata say of the tokenizer that it was trained with. */
  tokenizer: unknown
  /** A problem at a place of model.json. */
  problem(place: Path, expected: string, found: string, message: string): Problem
}

const sizes: Record<string, number> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 }

/**
 * @param path of model.json
 * @throws InputError with everything that is wrong with it
 */
export function readTfjs(path: string): TfjsModel {
  const source = parseSource(path, readText(path))
  const problems = [...source.problems]
  const complain: Complain = (place, expected, found, message) =>
    problems.push(source.problem(place, { expected, found, message }))
  const graph = graphIn(source.value)
  // Of a graph the operations are the topology.
  const topology = graph === null ? readTopology(source.value, complain) : { json: canonicalize(graph)!, packed: '' }
  const groups = groupsOf(source.value, complain)
  const parts = groups.map(({ place, paths, weights }) => {
    const bytes = shardsOf(place, paths, dirname(path), complain)
    const expected = weights.reduce((sum, weight) => sum + bytesOf(weight), 0)
    if (bytes !== undefined && bytes.length !== expected) {
      const [wanted, got] = [`${expected} bytes for ${weights.length} weights`, `${bytes.length} bytes`]
      complain([...place, 'paths'], wanted, got, `expected ${wanted}, got ${got}`)
    }
    return bytes ?? Buffer.alloc(0)
  })
  if (topology === undefined || problems.length > 0) throw new InputError(problems)
  const weights = groups.flatMap((group) => group.weights)
  const hash = createHash('sha256').update(topology.json)
  hash.update(canonicalize(weights.map(({ place: _, ...weight }) => weight)) as string)
  for (const part of parts) hash.update(part)
  return {
    topology: topology.packed,
    graph,
    sha256: hash.digest('hex'),
    weights,
    bytes: Buffer.concat(parts),
    preprocessing: normalisationIn(metadataOf(source.value).preprocessing),
    tokenizer: metadataOf(source.value).tokenizer,
    problem: (place, expected, found, message) => source.problem(place, { expected, found, message }),
  }
}

function graphIn(value: unknown): TfjsModel['graph'] {
  const { modelTopology, signature } = isRecord(value) ? value : {}
  if (!isRecord(modelTopology) || !Array.isArray(modelTopology.node)) return null
  return { modelTopology, signature: isRecord(signature) ? signature : undefined }
}

const bytesOf = ({ shape, dtype, quantization }: WeightSpec): number =>
  shape.reduce((product, length) => product * length, sizes[quantization?.dtype ?? dtype]!)

interface Group {
  place: Path
  paths: string[]
  weights: WeightSpec[]
}

/** The manifest's groups, each a list of files and of the weights that they hold. */
function groupsOf(value: unknown, complain: Complain): Group[] {
  const manifest = isRecord(value) ? value.weightsManifest : undefined
  if (!Array.isArray(manifest) || manifest.length === 0) {
    const expected = 'the list of weights that TensorFlow.js writes'
    complain(['weightsManifest'], expected, showValue(manifest), `expected ${expected}, got ${showValue(manifest)}`)
    return []
  }
  return manifest.flatMap((group: unknown, index): Group[] => {
    const place: Path = ['weightsManifest', index]
    const { paths, weights } = isRecord(group) ? group : {}
    if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string') || !Array.isArray(weights)) {
      const expected = 'an object with "paths" and "weights"'
      complain(place, expected, showValue(group), `expected ${expected}, got ${showValue(group)}`)
      return []
    }
    return [
      { place, paths, weights: weights.flatMap((weight, at) => specOf(weight, [...place, 'weights', at], complain)) },
    ]
  })
}

function specOf(weight: unknown, place: Path, complain: Complain): WeightSpec[] {
  const { name, shape, dtype, quantization } = isRecord(weight) ? weight : {}
  const packed = isRecord(quantization) ? quantization.dtype : dtype
  const isShape = Array.isArray(shape) && shape.every((length) => Number.isSafeInteger(length) && length >= 0)
  const isKnown = ['float32', 'int32', 'bool'].includes(String(dtype)) && Object.hasOwn(sizes, String(packed))
  if (typeof name === 'string' && isShape && isKnown) {
    const known = isRecord(quantization) ? { quantization: quantization as WeightSpec['quantization'] } : {}
    return [{ name, shape, dtype: dtype as WeightSpec['dtype'], ...known, place } as WeightSpec]
  }
  const expected = 'a weight with name, shape and a dtype of float32, int32 or bool'
  complain(place, expected, showValue(weight), `expected ${expected}, got ${showValue(weight)}`)
  return []
}

/** The bytes of a group's files, one after the other; undefined where one cannot be read. */
function shardsOf(place: Path, paths: string[], folder: string, complain: Complain): Buffer | undefined {
  const parts = paths.map((path, index) => {
    const at = [...place, 'paths', index]
    if (isOutside(path)) {
      const expected = 'a file below the folder of model.json'
      complain(at, expected, showValue(path), `expected ${expected}, got ${showValue(path)}`)
      return undefined
    }
    try {
      return readBytes(join(folder, path))
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      const { found } = error.problems[0]!
      complain(at, 'a file of weights', found, `expected a file of weights, got ${showValue(path)}: ${found}`)
      return undefined
    }
  })
  return parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined
}

const metadataOf = (value: unknown): Record<string, unknown> =>
  isRecord(value) && isRecord(value.userDefinedMetadata) ? value.userDefinedMetadata : {}

/** What the metadata of Retort's exports say of how their inputs are standardised; null where they say nothing. */
export function normalisationIn(preprocessing: unknown): AffineNormalisation | null {
  if (!isRecord(preprocessing)) return null
  const { mean, deviation, divisor = 255 } = preprocessing
  const numbers = (value: unknown): value is [number, ...number[]] =>
    Array.isArray(value) && value.length > 0 && value.every((item) => Number.isFinite(item))
  if (!numbers(mean) || !numbers(deviation) || typeof divisor !== 'number') return null
  return { mean, deviation, scale: divisor }
}
