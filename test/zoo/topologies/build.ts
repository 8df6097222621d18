// Topologies for tests: as files of Keras 2 are written, and as architectures.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseExperiment } from '@retort/orchestrator/spec/read'
import type { ResolvedKeras } from '@retort/schema/topology'

type Json = Record<string, unknown>

/** What is in one of the files beside this one, written by Keras 3.15. */
export const written = (name: string): Json =>
  JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8')) as Json

/** The architecture that a file with this content resolves to. */
export function architectureOf(content: unknown): ResolvedKeras {
  const folder = mkdtempSync(join(tmpdir(), 'retort keras '))
  try {
    writeFileSync(join(folder, 'model.json'), typeof content === 'string' ? content : JSON.stringify(content))
    const students = [{ id: 'k', architecture: { type: 'keras', file: 'model.json' } }]
    const text = JSON.stringify({ name: 'x', dataset: { type: 'mnist' }, students })
    return parseExperiment(text, join(folder, 'x.json')).experiment.students[0]!.architecture as ResolvedKeras
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const layer = (class_name: string, config: Json = {}): Json => ({ class_name, config: { ...config } })

/** A Sequential model as Keras 2 writes it. Layers are named by their places. */
export function sequential(shape: (number | null)[] | null, ...layers: Json[]): Json {
  const named = layers.map((each, index) => {
    const first = index === 0 && shape !== null ? { batch_input_shape: [null, ...shape] } : {}
    return { ...each, config: { name: `layer_${index + 1}`, ...first, ...(each.config as Json) } }
  })
  return {
    class_name: 'Sequential',
    config: { name: 'sequential', layers: named },
    keras_version: '2.9.0',
    backend: 'tensorflow',
  }
}

/** A chain of layers as a Functional model of Keras 2. */
export function functional(shape: (number | null)[], layers: Json[]): Json {
  const input = {
    class_name: 'InputLayer',
    name: 'input_1',
    config: { batch_input_shape: [null, ...shape], name: 'input_1' },
    inbound_nodes: [] as unknown[],
  }
  let before = 'input_1'
  const rest = layers.map((each, index) => {
    const { name = `layer_${index + 1}` } = each.config as { name?: string }
    const node = { ...each, name, config: { name, ...(each.config as Json) }, inbound_nodes: [[[before, 0, 0, {}]]] }
    before = name
    return node
  })
  const config = {
    name: 'model',
    layers: [input, ...rest],
    input_layers: [['input_1', 0, 0]],
    output_layers: [[before, 0, 0]],
  }
  return { class_name: 'Functional', config, keras_version: '2.9.0', backend: 'tensorflow' }
}

/** MobileNet (arXiv:1704.04861) layer for layer as keras.applications builds it. */
export function mobileNet(alpha: number, size: number, classes: number): Json {
  const width = (filters: number) => Math.floor(filters * alpha)
  const block = (prefix: string, convolution: Json): Json[] => [
    convolution,
    layer('BatchNormalization', {
      name: `${prefix}_bn`,
      axis: [3],
      momentum: 0.99,
      epsilon: 0.001,
      center: true,
      scale: true,
    }),
    layer('ReLU', { name: `${prefix}_relu`, max_value: 6, negative_slope: 0, threshold: 0 }),
  ]
  const glorot = { class_name: 'GlorotUniform', config: { seed: null } }
  const convolution = (name: string, filters: number, side: number, strides: number) =>
    layer('Conv2D', {
      name,
      filters,
      kernel_size: [side, side],
      strides: [strides, strides],
      padding: 'same',
      data_format: 'channels_last',
      dilation_rate: [1, 1],
      groups: 1,
      activation: 'linear',
      use_bias: false,
      kernel_initializer: glorot,
    })
  const depthwise = (name: string, strides: number) =>
    layer('DepthwiseConv2D', {
      name,
      kernel_size: [3, 3],
      strides: [strides, strides],
      padding: strides === 1 ? 'same' : 'valid',
      depth_multiplier: 1,
      use_bias: false,
      depthwise_initializer: glorot,
    })
  const blocks = [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
    [512, 1],
    [512, 1],
    [512, 1],
    [512, 1],
    [512, 1],
    [1024, 2],
    [1024, 1],
  ] as const
  return functional(
    [size, size, 3],
    [
      ...block('conv1', convolution('conv1', width(32), 3, 2)),
      ...blocks.flatMap(([filters, strides], index) => {
        const id = index + 1
        const pad = layer('ZeroPadding2D', {
          name: `conv_pad_${id}`,
          padding: [
            [0, 1],
            [0, 1],
          ],
          data_format: 'channels_last',
        })
        return [
          ...(strides === 2 ? [pad] : []),
          ...block(`conv_dw_${id}`, depthwise(`conv_dw_${id}`, strides)),
          ...block(`conv_pw_${id}`, convolution(`conv_pw_${id}`, width(filters), 1, 1)),
        ]
      }),
      layer('GlobalAveragePooling2D', {
        name: 'global_average_pooling2d',
        data_format: 'channels_last',
        keepdims: true,
      }),
      layer('Dropout', { name: 'dropout', rate: 0.001, noise_shape: null, seed: null }),
      {
        ...convolution('conv_preds', classes, 1, 1),
        config: { ...(convolution('conv_preds', classes, 1, 1).config as Json), use_bias: true },
      },
      layer('Reshape', { name: 'reshape_2', target_shape: [classes] }),
      layer('Activation', { name: 'predictions', activation: 'softmax' }),
    ],
  )
}
