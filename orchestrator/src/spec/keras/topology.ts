// A model's JSON as a topology: Keras 2, Keras 3 and TensorFlow.js write the same things in three forms.
import type { TensorPlace, Topology, TopologyLayer } from '@retort/schema/topology'
import { type Path, showValue } from '../../errors/problem.ts'
import { isRecord } from '../schema.ts'
import { attentionCall } from './attention.ts'
import { areAlike, hasOwnForm, innerLayers, isUsable, refusal, settingProblems } from './layers.ts'
import { isOperation, isOwnMask, layerOfOperation, makesMasks, operationName } from './operations.ts'

/** Tells what is wrong at a path of the file. */
export type Complain = (path: Path, expected: string, found: string, message: string) => void

type Json = Record<string, unknown>

const models = ['Sequential', 'Functional', 'Model']

/**
 * @param keras3 whether Keras 3 wrote it, in which a few names mean something else
 * @returns undefined where the model is in no form that is known, after complaining
 */
export function topologyOf(model: Json, path: Path, complain: Complain, keras3: boolean): Topology | undefined {
  const { class_name: type, config } = model
  const list = isRecord(config) ? config.layers : config
  const at = [...path, 'config', ...(isRecord(config) ? ['layers'] : [])]
  if (!models.includes(type as string)) {
    const expected = 'a Sequential or Functional model'
    complain([...path, 'class_name'], expected, showValue(type), `expected ${expected}, got ${showValue(type)}`)
    return undefined
  }
  if (!Array.isArray(list) || list.length === 0 || !list.every(isLayer)) {
    const found = showValue(Array.isArray(list) && list.length > 0 ? list.find((layer) => !isLayer(layer)) : list)
    const expected = 'a list of layers, each with class_name and config'
    complain(at, expected, found, `expected ${expected}, got ${found}`)
    return undefined
  }
  const written = list.map((layer, index) => withoutOperation(layer, [...at, index], complain))
  const layers = written.map((layer, index) => layerOf(layer, [...at, index], complain, keras3))
  return type === 'Sequential' ? sequence(written, layers) : network(config as Json, written, layers, path, complain)
}

const isLayer = (value: unknown): value is Json =>
  isRecord(value) && typeof value.class_name === 'string' && (isRecord(value.config) || Array.isArray(value.config))

/** The layer that an operation is; all others as they are. */
function withoutOperation(layer: Json, path: Path, complain: Complain): Json {
  if (!isOperation(layer) || makesMasks(layer)) return layer
  const found = layerOfOperation(layer)
  if (found !== undefined) return found
  const operation = showValue(operationName(layer))
  const message = `layer ${showValue(layer.name ?? (layer.config as Json).name)}: the operation ${operation} is not read, in this form; use a layer`
  complain([...path, 'class_name'], 'a layer', operation, message)
  return { class_name: 'Activation', config: { name: layer.name, activation: 'linear' }, name: layer.name }
}

function layerOf(layer: Json, path: Path, complain: Complain, keras3: boolean): TopologyLayer {
  const type = layer.class_name as string
  const config = isRecord(layer.config) ? layer.config : {}
  const name = String(layer.name ?? config.name ?? '')
  if (models.includes(type)) {
    const model = topologyOf(layer, path, complain, keras3) ?? { layers: [], inputs: [], outputs: [] }
    return { name, class: 'Model', config: {}, model, calls: [] }
  }
  if (makesMasks(layer)) return { name, class: maskMaker, config: {}, calls: [] }
  check(type, name, config, path, false, complain)
  if (type === 'InputLayer') return { name, class: type, config: {}, shape: shapeOf(config) ?? null, calls: [] }
  const kept = plain(config, keras3) as Json
  // Keras 3 has another name for it.
  if (type === 'LeakyReLU' && kept.negative_slope !== undefined) kept.alpha = kept.negative_slope
  if (type === 'MultiHeadAttention') for (const built of builtFor) delete kept[built]
  return { name, class: type, config: kept, calls: [] }
}

function check(type: string, name: string, config: Json, path: Path, inside: boolean, complain: Complain): void {
  const called = name === '' ? type : `layer ${showValue(name)}`
  const reason = refusal(type) ?? (inside && hasOwnForm(type, config) ? `cannot stand inside another layer` : undefined)
  if (reason !== undefined) {
    complain([...path, 'class_name'], 'another layer', showValue(type), `${called}: ${type} ${reason}`)
  } else if (!isUsable(type, inside)) {
    const message = `${called}: TensorFlow.js has no layer ${showValue(type)}`
    complain([...path, 'class_name'], 'a layer that TensorFlow.js has', showValue(type), message)
    return
  }
  for (const { setting, expected, found, why } of settingProblems(type, config)) {
    const message = `${called}: ${setting}: expected ${expected}, got ${found}: ${why}`
    complain([...path, 'config', setting], expected, found, message)
  }
  if (type === 'Bidirectional' && !areAlike(config)) {
    const message = `${called}: expected a backward_layer with the settings of the layer, got others`
    complain([...path, 'config', 'backward_layer'], 'the settings of the layer', 'others', message)
  }
  for (const { setting, layer } of innerLayers(config)) {
    const within = isRecord(layer.config) ? layer.config : {}
    const place = [...path, 'config', ...setting.map((key) => (/^\d+$/.test(key) ? Number(key) : key))]
    check(String(layer.class_name), String(within.name ?? ''), within, place, true, complain)
  }
}

/** Of one sample. Keras 3 says batch_shape. */
function shapeOf(config: Json): (number | null)[] | undefined {
  const shape = config.batch_shape ?? config.batch_input_shape
  if (Array.isArray(shape)) return shape.slice(1)
  return Array.isArray(config.input_shape) ? config.input_shape : undefined
}

/** What says nothing of the computation: Keras 3 names each object's module, and numbers' precision is the engine's. */
const silent = [
  'module',
  'registered_name',
  'build_config',
  'quantization_config',
  'dtype',
  'batch_input_shape',
  'seed',
  'synchronized',
]

/** Shapes that Keras 2 writes of the tensors that an attention was built for. */
const builtFor = ['query_shape', 'value_shape', 'key_shape']

/** The class of an operation that makes a mask, which is left out. */
const maskMaker = 'mask'

/** A part of a layer's configuration as Keras 2 writes it. */
function plain(value: unknown, keras3: boolean): unknown {
  if (Array.isArray(value)) return value.map((part) => plain(part, keras3))
  if (!isRecord(value)) return value
  const kept = Object.entries(value).filter(([key]) => !silent.includes(key))
  // Activations may be named as a function: {"class_name": "function", "config": "relu"}.
  if (value.class_name === 'function' && typeof value.config === 'string') return value.config
  return Object.fromEntries(
    kept.map(([key, part]) => {
      const own = plain(part, keras3)
      // clip(x / 5 + 1 / 2, 0, 1) in Keras 2, relu6(x + 3) / 6 in Keras 3.
      return [key, keras3 && key.endsWith('activation') && own === 'hard_sigmoid' ? 'hard_sigmoid6' : own]
    }),
  )
}

function sequence(list: Json[], layers: TopologyLayer[]): Topology {
  const first = layers[0]!
  const own = list[0]!.config
  const input: TopologyLayer =
    first.class === 'InputLayer'
      ? first
      : { name: 'input', class: 'InputLayer', config: {}, shape: (isRecord(own) && shapeOf(own)) || null, calls: [] }
  const rest = first === input ? layers.slice(1) : layers
  const taken = new Set(rest.map(({ name }) => name))
  while (taken.has(input.name)) input.name += '_'
  let before: TensorPlace = [input.name, 0, 0]
  for (const layer of rest) {
    layer.calls = [layer.class === 'MultiHeadAttention' ? [before, before, before] : [before]]
    before = [layer.name, 0, 0]
  }
  return { layers: [input, ...rest], inputs: [[input.name, 0, 0]], outputs: [before] }
}

function network(config: Json, list: Json[], all: TopologyLayer[], path: Path, complain: Complain): Topology {
  for (const [index, layer] of all.entries()) {
    const nodes = Array.isArray(list[index]!.inbound_nodes) ? (list[index]!.inbound_nodes as unknown[]) : []
    const attends = layer.class === 'MultiHeadAttention'
    const calls = nodes.map((node) => (attends ? attentionCall(node) : { ...callOf(node), causal: false }))
    layer.calls = calls.map(({ places }) => places)
    if (layer.class === maskMaker) continue
    for (const [call, { settings, causal }] of calls.entries()) {
      const at = [...path, 'config', 'layers', index, 'inbound_nodes', call]
      for (const [name, value] of Object.entries(settings)) {
        if (value === null || (name.endsWith('mask') && isOwnMask(historyOf(value), list))) continue
        const found = `${name} = ${showValue(value)}`
        const message = `layer ${showValue(layer.name)}: its call sets ${found}, which is not kept: only tensors are passed`
        complain(at, 'a call with tensors alone', found, message)
      }
      if (causal === calls[0]!.causal) continue
      const message = `layer ${showValue(layer.name)}: expected a causal mask in all of its calls or in none`
      complain(at, 'use_causal_mask in all calls or in none', 'both', message)
    }
    if (calls[0]?.causal) layer.config.use_causal_mask = true
  }
  const layers = all.filter((layer) => layer.class !== maskMaker)
  const topology: Topology = { layers, inputs: placesOf(config.input_layers), outputs: placesOf(config.output_layers) }
  countFromFirstCall(topology)
  const names = new Map(layers.map((layer) => [layer.name, Math.max(1, layer.calls.length)]))
  for (const [name, call] of referencesOf(topology)) {
    if ((names.get(name) ?? 0) > call) continue
    const found = `${showValue(name)}, call ${call}`
    complain(
      [...path, 'config'],
      'tensors of its own layers',
      found,
      `expected tensors of its own layers, got ${found}`,
    )
    return { layers: [], inputs: [], outputs: [] }
  }
  return topology
}

/** Which layer's result a tensor of Keras 3 is. */
const historyOf = (tensor: unknown): string => {
  const history = isRecord(tensor) && isRecord(tensor.config) ? tensor.config.keras_history : undefined
  return Array.isArray(history) ? String(history[0]) : ''
}

const callOf = (node: unknown) => (Array.isArray(node) ? oldCall(node) : newCall(isRecord(node) ? node : {}))

/** Keras 2: a list of [layer, call, result, settings]. */
function oldCall(node: unknown[]): { places: TensorPlace[]; settings: Json } {
  const items = node.filter(Array.isArray)
  const settings = items.map((item) => item[3]).filter(isRecord)
  return {
    places: items.map(([layer, call, result]) => [layer, call, result]),
    settings: Object.assign({}, ...settings),
  }
}

/** Keras 3: arguments, with tensors wherever they stand in them. */
function newCall({ args, kwargs }: Json): { places: TensorPlace[]; settings: Json } {
  const places: TensorPlace[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item)
    else if (isRecord(value) && isRecord(value.config) && Array.isArray(value.config.keras_history)) {
      const [layer, call, result] = value.config.keras_history
      places.push([layer, call, result])
    }
  }
  visit(args)
  // Keras 3 writes what `training` was while the model was made, and sets it anew at each run.
  const { training: _, ...settings } = isRecord(kwargs) ? kwargs : {}
  return { places, settings }
}

/** [[name, 0, 0], …], or in Keras 3 for a single one [name, 0, 0]. */
function placesOf(value: unknown): TensorPlace[] {
  if (!Array.isArray(value)) return []
  return typeof value[0] === 'string' ? [value as TensorPlace] : (value as TensorPlace[])
}

/** Every tensor that is spoken of; the places themselves, which may be changed. */
const referencesOf = ({ layers, inputs, outputs }: Topology): TensorPlace[] => [
  ...layers.flatMap(({ calls }) => calls.flat()),
  ...inputs,
  ...outputs,
]

/** Keras 2 counts the calls of a model that is used as a layer from 1, since making it was its call 0. */
function countFromFirstCall(topology: Topology): void {
  for (const { name, model } of topology.layers) {
    if (model === undefined) continue
    const calls = referencesOf(topology).filter(([layer]) => layer === name)
    if (calls.every(([, call]) => call > 0)) for (const place of calls) place[1]--
  }
}
