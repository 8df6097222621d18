// The classes of an exported model's layers that TensorFlow.js has not, as one file of plain JavaScript beside it: who
// loads the model calls what it exports before.
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the zoo has them, by the names that topologies give them. */
const modules: Record<string, string> = {
  RetortAttention: 'attention',
  RetortPositionEmbedding: 'positionEmbedding',
  RetortTextLength: 'textLength',
  RetortTextMask: 'textMask',
  RetortTextMax: 'textPooling',
  RetortTextMean: 'textPooling',
  RetortTiedEmbedding: 'tiedEmbedding',
}

export const layersFileName = 'layers.js'

const head = `// What TensorFlow.js needs to load model.json beside this file: layers of Retort's that it has not. In a module:
//   import * as tf from '@tensorflow/tfjs'
//   import { registerLayers } from './${layersFileName}'
//   registerLayers(tf)
//   const model = await tf.loadLayersModel('model.json')
// With @tensorflow/tfjs-core and -layers apart it takes { ...core, ...layers }.

/** @param tf TensorFlow.js: what @tensorflow/tfjs exports */
export function registerLayers(tf) {
const require = () => tf
`

interface Layer {
  class_name: string
  config: Record<string, unknown>
}

/**
 * @param modelJson an exported model.json
 * @returns null where TensorFlow.js has all of its layers
 */
export async function layersFile(modelJson: string): Promise<string | null> {
  const { name, layers } = JSON.parse(modelJson).modelTopology.config as { name: string; layers: Layer[] }
  const own = new Set(layers.flatMap(({ class_name }) => modules[class_name] ?? []))
  if (name === 'keras' && !layers.every(isPlain)) own.add('keras/registered')
  if (own.size === 0) return null
  // Most commands export nothing.
  const { build } = await import('esbuild')
  const suffix = extname(import.meta.url)
  const { outputFiles } = await build({
    stdin: {
      contents: [...own].map((module) => `import './${module}${suffix}'`).join('\n'),
      resolveDir: fileURLToPath(new URL('../zoo', import.meta.url)),
    },
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    bundle: true,
    write: false,
    format: 'cjs',
    target: 'es2022',
    external: ['@tensorflow/*'],
    banner: { js: head },
    footer: { js: '}' },
    logLevel: 'silent',
  })
  return outputFiles[0]!.text
}

/** Layers that TensorFlow.js computes as Keras does, with all settings but these. */
const plain = new Set(
  `Activation Add Average AveragePooling1D AveragePooling2D BatchNormalization Concatenate Conv1D Conv2D Conv2DTranspose
  Dense DepthwiseConv2D Dropout Embedding Flatten GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D
  GlobalMaxPooling2D InputLayer LSTM LayerNormalization MaxPooling1D MaxPooling2D Maximum Minimum Multiply Permute ReLU
  RepeatVector Reshape SimpleRNN ZeroPadding2D`.split(/\s+/),
)

const plainActivations = new Set(
  'linear relu relu6 elu selu gelu swish mish sigmoid hard_sigmoid softmax log_softmax softplus softsign tanh'.split(
    ' ',
  ),
)

function isPlain({ class_name, config }: Layer): boolean {
  const { dilation_rate = 1, groups = 1, padding, mask_zero = false, negative_slope, threshold } = config
  const activations = [config.activation, config.recurrent_activation].filter((each) => each != null)
  return (
    plain.has(class_name) &&
    [dilation_rate, groups].flat().every((each) => each === 1) &&
    padding !== 'causal' &&
    mask_zero === false &&
    [negative_slope, threshold].flat().every((each) => (each ?? 0) === 0) &&
    activations.every((each) => plainActivations.has(each as string))
  )
}
