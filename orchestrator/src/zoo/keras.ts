// Any Keras or TensorFlow.js model: builds the layers of a topology and applies them as it says. Layers that TensorFlow.js
// has in a form that a compiled step cannot use are built in the zoo's form.
import { inflateRawSync } from 'node:zlib'
import type { ResolvedKeras, TensorPlace, Topology, TopologyLayer } from '@retort/schema/topology'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { hasMasks } from '../spec/keras/operations.ts'
import type { Builder } from './builder.ts'
import { through } from './denseLayers.ts'
import { explained, layerOf, problem } from './keras/kerasLayer.ts'
import { withLogits } from './keras/logits.ts'
import { withOwnMasks } from './keras/masks.ts'
import { withoutRegularizers } from './keras/regularizers.ts'

/** @throws ArchitectureProblem at `file` where the model does not fit the data or TensorFlow.js refuses a layer */
export const keras: Builder<'keras'> = (architecture, images, classes, vocabulary) => {
  const { topology } = adapted(architecture)
  const [input, ...others] = topology.inputs
  if (input === undefined || others.length > 0) {
    throw problem(`expected a model with one input, the images, got ${topology.inputs.length}`)
  }
  if (topology.outputs.length !== 1) {
    throw problem(`expected a model with one output, the logits, got ${topology.outputs.length}`)
  }
  const { shape = null } = topology.layers.find(({ name }) => name === input[0]) as TopologyLayer
  if (vocabulary !== null) checkEmbeddings(topology, vocabulary)
  const masked = hasMasks(topology)
  const [logits] = connect(topology, construct(topology, '', masked), [fitted(images, shape)], masked) as [
    SymbolicTensor,
  ]
  const found = logits.shape
  if (found.length !== 2 || found[1] !== classes) {
    const expected = `[batch, ${classes}], one logit for each class`
    throw problem(`expected an output of ${expected}, got ${shown(found)} from layer "${topology.outputs[0]![0]}"`)
  }
  return logits
}

/** What is done differently from what the file says, in sentences for people. */
export function kerasNotes(architecture: ResolvedKeras, inputShape: number[]): string[] {
  const { topology, notes } = adapted(architecture)
  const input = topology.layers.find(({ name }) => name === topology.inputs[0]?.[0])
  if (input?.shape && !fits(input.shape, inputShape)) {
    notes.push(`images of ${shown(inputShape)} are reshaped to its input of ${shown(input.shape)}`)
  }
  for (const { name, class: type, config, calls } of topology.layers) {
    const reads = calls.some((places) => places.some(([from]) => from === input?.name))
    if (!reads || config.operation === true || !['Rescaling', 'Normalization'].includes(type)) continue
    notes.push(`its first layer "${name}" (${type}) is kept, and gets samples that are standardised already`)
  }
  return notes
}

function adapted({ topology: packed }: ResolvedKeras): { topology: Topology; notes: string[] } {
  const topology = JSON.parse(inflateRawSync(Buffer.from(packed, 'base64')).toString('utf8')) as Topology
  const notes = [...withLogits(topology), ...withoutRegularizers(topology)]
  return { topology, notes }
}

const shown = (shape: readonly (number | null)[]): string => `[${shape.map((length) => length ?? 'any').join(', ')}]`

const fits = (shape: readonly (number | null)[], data: readonly number[]): boolean =>
  shape.length === data.length && shape.every((length, axis) => length === null || length === data[axis])

/** The images in the input's shape, where that only leaves out axes of length 1 or all axes. */
function fitted(images: SymbolicTensor, shape: (number | null)[] | null): SymbolicTensor {
  const data = images.shape.slice(1) as number[]
  if (shape === null || fits(shape, data)) return images
  const size = data.reduce((product, length) => product * length, 1)
  const long = (lengths: readonly (number | null)[]) => lengths.filter((length) => length !== 1)
  const flat = shape.length === 1 && (shape[0] === null || shape[0] === size)
  if (!flat && !(fits(long(shape), long(data) as number[]) && !shape.includes(null))) {
    throw problem(`expected an input of ${shown(data)}, as the data's images are, got ${shown(shape)}`)
  }
  const targetShape = flat ? [size] : (shape as number[])
  return through(layers.reshape({ targetShape, name: 'images_reshaped' }), images)
}

/** An id beyond an embedding's rows would read another's, or nothing at all. */
function checkEmbeddings({ layers: all, inputs }: Topology, vocabulary: number): void {
  const input = inputs[0]![0]
  for (const { name, class: type, config, calls } of all) {
    if (type !== 'Embedding' || !calls.some((places) => places.some(([from]) => from === input))) continue
    const rows = Number(config.input_dim)
    if (rows >= vocabulary) continue
    const expected = `an embedding of at least ${vocabulary} tokens, the data's vocabulary`
    throw problem(`layer "${name}" (${type}): expected ${expected}, got ${rows}`)
  }
}

/** What a topology's layer has become; an input has become nothing. */
type Built = layers.Layer | null | { topology: Topology; built: Map<string, Built> }

/**
 * @param within names of the models around it, so that layers' names stay unique
 * @param masked whether any layer makes masks
 */
function construct(topology: Topology, within: string, masked: boolean): Map<string, Built> {
  return new Map(
    topology.layers.map((layer): [string, Built] => {
      const name = `${within}${layer.name}`
      if (layer.model === undefined) return [layer.name, layerOf(layer, name, masked)]
      return [layer.name, { topology: layer.model, built: construct(layer.model, `${name}/`, masked) }]
    }),
  )
}

/** Applies the layers in an order in which what they need is there. @returns the topology's outputs */
function connect(
  topology: Topology,
  built: Map<string, Built>,
  inputs: SymbolicTensor[],
  masked: boolean,
): SymbolicTensor[] {
  const results = new Map<string, SymbolicTensor[]>()
  const key = (name: string, call: number) => `${call} ${name}`
  for (const [index, [name]] of topology.inputs.entries()) results.set(key(name, 0), [inputs[index]!])
  const read = ([name, call, result]: TensorPlace) => results.get(key(name, call))?.[result]
  let waiting = topology.layers.flatMap((layer) => layer.calls.map((places, call) => ({ layer, places, call })))
  while (waiting.length > 0) {
    const later = waiting.filter(({ layer, places, call }) => {
      const given = places.map(read)
      if (!given.every((tensor) => tensor !== undefined)) return true
      results.set(key(layer.name, call), apply(layer, call, built.get(layer.name)!, given, masked))
      return false
    })
    if (later.length === waiting.length) {
      throw problem(`layer "${later[0]!.layer.name}" waits for tensors that no other layer gives`)
    }
    waiting = later
  }
  return topology.outputs.map((place) => read(place)!)
}

function apply(
  layer: TopologyLayer,
  call: number,
  built: Built,
  given: SymbolicTensor[],
  masked: boolean,
): SymbolicTensor[] {
  if (built === null) throw problem(`layer "${layer.name}" is an input, which cannot be applied to a tensor`)
  if ('topology' in built) return connect(built.topology, built.built, given, masked)
  const { class: type, config } = layer
  // Keras takes what is flat already; TensorFlow.js refuses it.
  if (type === 'Flatten' && given[0]!.shape.length === 2) return given
  return explained(built.name, type, () => {
    const own = distinct(type === 'MultiHeadAttention' ? withoutRepeats(given) : given, `${built.name}_${call}`, masked)
    const result = built.apply(own.length === 1 ? own[0]! : own) as SymbolicTensor | SymbolicTensor[]
    const tensors = Array.isArray(result) ? result : [result]
    for (const { shape } of tensors) {
      if (shape.slice(1).every((length) => length === null || length > 0)) continue
      const from = given.map((tensor) => shown(tensor.shape)).join(' and ')
      throw new Error(`its input of ${from} is too small: its output would be ${shown(shape)}`)
    }
    return type.startsWith('Global') && config.keepdims === true
      ? tensors.map((tensor) => keptDimensions(tensor, layer, `${built.name}_keepdims${call === 0 ? '' : call}`))
      : tensors
  })
}

/** Query, value and key, without those that are the one before them. */
function withoutRepeats([query, value, key]: SymbolicTensor[]): SymbolicTensor[] {
  if (key !== value) return [query!, value!, key!]
  return value === query ? [query!] : [query!, value!]
}

/** TensorFlow.js frees too early what a layer takes twice: it gets copies. */
function distinct(given: SymbolicTensor[], name: string, masked: boolean): SymbolicTensor[] {
  return given.map((tensor, index) => {
    if (given.indexOf(tensor) === index) return tensor
    const copy = layers.activation({ activation: 'linear', name: `${name}_input${index}` })
    if (masked) withOwnMasks(copy, 'Activation', {})
    return through(copy, tensor)
  })
}

/** TensorFlow.js's global pooling gives [batch, channels], whatever its `keepdims` says. */
function keptDimensions(pooled: SymbolicTensor, { class: type, config }: TopologyLayer, name: string): SymbolicTensor {
  const channels = pooled.shape[1] as number
  const pixel = Array<number>(Number(/(\d)D$/.exec(type)![1])).fill(1)
  const targetShape = config.data_format === 'channels_first' ? [channels, ...pixel] : [...pixel, channels]
  return through(layers.reshape({ targetShape, name }), pooled)
}
