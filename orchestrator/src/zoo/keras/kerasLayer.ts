// A layer of a Keras model: TensorFlow.js's, in the form that computes what the file says, or one of the zoo's.
import type { TopologyLayer } from '@retort/schema/topology'
import { serialization } from '@tensorflow/tfjs-core'
import type { layers } from '@tensorflow/tfjs-layers'
import { ArchitectureProblem } from '../architectureProblem.ts'
import { dropoutLayer } from '../dropout.ts'
import { knownActivations } from './activations.ts'
import { MultiHeadAttention } from './attention.ts'
import { kerasBatchNorm } from './batchNorm.ts'
import { accepted, withOwnForms } from './forms.ts'
import { formulaLayer } from './formulas.ts'
import { withoutDraws } from './initializers.ts'
import type { Config } from './layer.ts'
import { withOwnMasks } from './masks.ts'
import { noiseOf } from './noise.ts'
import { GroupNormalization, Normalization, RMSNormalization, UnitNormalization } from './normalization.ts'
import { withFreeStates } from './recurrent.ts'
import { camelCased } from './settings.ts'

export const problem = (message: string): ArchitectureProblem => new ArchitectureProblem(message, ['file'])

/** Layers with weights that TensorFlow.js has not. */
const ownLayers: Record<string, new (config: Config) => layers.Layer> = {
  GroupNormalization,
  MultiHeadAttention,
  Normalization,
  RMSNormalization,
  UnitNormalization,
}

/**
 * @param name in the model
 * @param masked whether any layer of the model makes masks
 * @returns null for an input
 */
export function layerOf(
  { class: type, config }: Pick<TopologyLayer, 'class' | 'config'>,
  name: string,
  masked: boolean,
): layers.Layer | null {
  if (type === 'InputLayer') return null
  const settings = camelCased({ ...config, name }) as Config
  const layer = explained(name, type, () => ownLayer(type, config, settings) ?? tensorflowLayer(type, settings))
  if (masked) withOwnMasks(layer, type, settings)
  return layer
}

function ownLayer(type: string, config: Config, settings: Config): layers.Layer | undefined {
  const name = settings.name as string
  if (/^(Spatial)?Dropout(\dD)?$/.test(type) && Number(config.rate) > 0) {
    return dropoutLayer(name, Number(config.rate), noiseOf(type, settings), type)
  }
  if (type === 'BatchNormalization') return kerasBatchNorm(name, config)
  const own = ownLayers[type]
  return own === undefined ? formulaLayer(type, settings) : new own(settings)
}

function tensorflowLayer(type: string, settings: Config): layers.Layer {
  // Without noise each of them is the same.
  const named = type.startsWith('SpatialDropout') ? 'Dropout' : type
  const [own, fromConfig] = serialization.SerializationMap.getMap().classNameMap[named]!
  const layer = fromConfig(own, accepted(type, settings) as serialization.ConfigDict) as layers.Layer
  withoutDraws(layer)
  withOwnForms(layer, type, settings)
  withFreeStates(layer)
  return layer
}

/** @throws ArchitectureProblem naming the layer where making or applying it throws */
export function explained<T>(name: string, type: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof ArchitectureProblem) throw error
    // What follows is for whoever writes layers.
    const [message] = (error as Error).message.split(/\.? This may be due to one of/)
    const [, activation] = /^Unknown activation: (\w+)$/.exec(message!) ?? []
    const known = () => `there is no activation "${activation}" here; those known are ${knownActivations().join(', ')}`
    throw problem(`layer "${name}" (${type}): ${activation === undefined ? message : known()}`)
  }
}
