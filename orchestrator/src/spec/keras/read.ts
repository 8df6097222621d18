// Reads the file of a Keras or TensorFlow.js model: finds the topology in it, brings it into one form, and says what
// cannot be trained, at its place in that file.
import { hash } from 'node:crypto'
import { basename, isAbsolute, join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import type { ResolvedKeras } from '@retort/schema/topology'
import canonicalize from 'canonicalize'
import { InputError, type Problem, showValue } from '../../errors/problem.ts'
import { isRecord } from '../schema.ts'
import { parseSource, readText, type Source } from '../source.ts'
import { hasMasks, withoutMarks } from './operations.ts'
import { type Complain, topologyOf } from './topology.ts'

/** What a file holds, or what is wrong with it; `missing` where it cannot be read at all. */
export type ReadModel = { resolved: ResolvedKeras } | { problems: Problem[] } | { missing: string }

const written = 'the JSON of a Keras model (model.to_json()), or a model.json of TensorFlow.js'

/** Reads each file once, so that what is checked is what is used. */
export function modelFiles(folder: string): (file: string) => ReadModel {
  const known = new Map<string, ReadModel>()
  return (file) => {
    const found = known.get(file) ?? readModel(file, folder)
    known.set(file, found)
    return found
  }
}

/** @param file relative to the folder */
function readModel(file: string, folder: string): ReadModel {
  let source: Source
  let text: string
  const path = isAbsolute(file) ? file : join(folder, file)
  try {
    text = readText(path)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { missing: error.problems[0]!.found }
  }
  try {
    source = parseSource(path, text)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { problems: error.problems }
  }
  const problems = [...source.problems]
  const complain: Complain = (place, expected, found, message) =>
    problems.push(source.problem(place, { expected, found, message }))
  const topology = readTopology(source.value, complain)
  if (topology === undefined || problems.length > 0) return { problems }
  const { json, packed } = topology
  return { resolved: { type: 'keras', file: basename(file), sha256: hash('sha256', json), topology: packed } }
}

/** The topology in what a file holds, as canonical JSON, and deflated as base64. */
export function readTopology(value: unknown, complain: Complain): { json: string; packed: string } | undefined {
  const model = findModel(value, complain)
  const topology = model && topologyOf(model.value, model.path, complain, isOfKeras3(value, model.value))
  if (topology === undefined) return undefined
  if (!hasMasks(topology)) withoutMarks(topology)
  const json = canonicalize(topology) as string
  return { json, packed: deflateRawSync(json, { level: 9 }).toString('base64') }
}

/** Keras's own text is the model; other programs wrap it. */
function findModel(value: unknown, complain: Complain): { value: Record<string, unknown>; path: string[] } | undefined {
  let at = value
  const path: string[] = []
  if (isRecord(at) && (at.format === 'graph-model' || isRecord(at.modelTopology)) && isGraph(at)) {
    const expected = 'a layers-model'
    const message = `expected ${expected}, got a graph-model, which has operations but no layers; save it with tf.LayersModel.save or as Keras's model.to_json()`
    complain(['format'], expected, 'a graph-model', message)
    return undefined
  }
  for (const wrapping of ['modelTopology', 'model_config']) {
    if (!isRecord(at) || !isRecord(at[wrapping])) continue
    at = at[wrapping]
    path.push(wrapping)
  }
  if (isRecord(at) && typeof at.class_name === 'string' && at.config !== undefined) return { value: at, path }
  const found = isRecord(at)
    ? `an object with ${Object.keys(at).slice(0, 8).map(showValue).join(', ') || 'nothing'}`
    : showValue(at)
  complain(path, written, found, `no topology: expected ${written}, got ${found}`)
  return undefined
}

/** Files name the version of what wrote them, but for Keras 3's to_json(), which names a module for the model. */
function isOfKeras3(file: unknown, model: Record<string, unknown>): boolean {
  const around = isRecord(file) && isRecord(file.modelTopology) ? file.modelTopology : file
  const version = model.keras_version ?? (isRecord(around) ? around.keras_version : undefined)
  return version === undefined ? typeof model.module === 'string' : String(version).startsWith('3')
}

function isGraph({ format, modelTopology }: Record<string, unknown>): boolean {
  return format === 'graph-model' || (isRecord(modelTopology) && Array.isArray(modelTopology.node))
}
