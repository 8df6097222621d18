// Has TensorFlow.js make the layers of a Keras model as they were trained, when it loads an exported model: those that it
// has not, and in Retort's form those of which it leaves settings out. Importing this file registers them.
import { serialization } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { formulaTypes } from './formulas.ts'
import { layerOf } from './kerasLayer.ts'
import type { Config } from './layer.ts'

type FromConfig = serialization.FromConfigMethod<serialization.Serializable>
type Class = serialization.SerializableConstructor<serialization.Serializable>

const classes = serialization.SerializationMap.getMap().classNameMap as Record<string, [Class, FromConfig]>

/** What TensorFlow.js loads as it was trained: models, inputs, batch normalizations, and dropouts, whose noise is its own. */
const alike = /^(Model|Functional|Sequential|InputLayer|BatchNormalization|Dropout|SpatialDropout1D)$/

/** Whether a layer is being made, of which what stands inside it is a part. */
let inside = false

for (const type of [...Object.keys(classes), ...formulaTypes, 'SpatialDropout2D', 'SpatialDropout3D']) {
  const [known = layers.Layer as unknown as Class, own] = classes[type] ?? []
  if (alike.test(type) || !(known === (layers.Layer as unknown) || known.prototype instanceof layers.Layer)) continue
  const fromConfig: FromConfig = (cls, config, ...rest) => {
    if (inside && own !== undefined) return own(cls, config, ...rest)
    inside = true
    try {
      return layerOf({ class: type, config: config as Config }, config.name as string, true)!
    } finally {
      inside = false
    }
  }
  classes[type] = [known, fromConfig]
}
