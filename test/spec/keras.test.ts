// Files of Keras and TensorFlow.js models: how they are read, what is refused, and what of them makes a trial.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatProblem, InputError } from '@retort/orchestrator/errors/problem'
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import { isUsable, refusal } from '@retort/orchestrator/spec/keras/layers'
import { readExperiment } from '@retort/orchestrator/spec/read'
import type { ResolvedKeras } from '@retort/schema/topology'
import { serialization } from '@tensorflow/tfjs-core'
import { layers as kerasLayers } from '@tensorflow/tfjs-layers'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { layer, sequential, written } from '../zoo/topologies/build.ts'

let folder: string
const folders: string[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'retort keras '))
  folders.push(folder)
})
afterAll(() => {
  for (const each of folders) rmSync(each, { recursive: true })
})

function write(name: string, content: unknown): string {
  const file = join(folder, name)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 1))
  return file
}

function experiment(files: string[], more = {}): string {
  const students = files.map((file, index) => ({ id: `k${index}`, architecture: { type: 'keras', file } }))
  const lines = Object.entries({ name: 'x', dataset: { type: 'mnist' }, students, ...more })
  return write('x.json', `{\n${lines.map(([key, value]) => `"${key}": ${JSON.stringify(value)}`).join(',\n')}\n}`)
}

function complaints(files: string[], more = {}): string[] {
  const file = experiment(files, more)
  try {
    readExperiment(file)
  } catch (error) {
    if (error instanceof InputError) {
      return error.problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''))
    }
    throw error
  }
  return []
}

const small = sequential([28, 28, 1], layer('Flatten'), layer('Dense', { units: 10 }))

describe('a file that cannot be used', () => {
  it('is told of where it is named, or at its own line, all at once', () => {
    write('broken.json', '{\n  "class_name": "Sequential",\n}')
    write('other.json', { layers: 3 })
    expect(complaints(['missing.json', 'broken.json', 'other.json'])).toEqual([
      '4:63  students[0].architecture.file: expected the file of a model, got "missing.json": no such file'.replace(
        /^/,
        'x.json:',
      ),
      'broken.json:2:29  class_name: broken JSON: expected no comma before the closing }, got one',
      'other.json:1:1  no topology: expected the JSON of a Keras model (model.to_json()), or a model.json of TensorFlow.js, got an object with "layers"',
    ])
  })

  it('may be bytes', () => {
    writeFileSync(join(folder, 'model.h5'), Buffer.from([0x89, 0x48, 0x44, 0x46, 0xff]))
    expect(complaints(['model.h5'])).toEqual([
      'x.json:4:63  students[0].architecture.file: expected the file of a model, got "model.h5": other bytes',
    ])
  })

  it.each<[string, unknown, string]>([
    [
      'a graph model',
      { format: 'graph-model', modelTopology: { node: [] } },
      'm.json:2:12  format: expected a layers-model, got a graph-model, which has operations but no layers; save it with tf.LayersModel.save or as Keras’s model.to_json()'.replace(
        '’',
        "'",
      ),
    ],
    [
      'a subclassed model',
      { class_name: 'MyModel', config: { layers: [] } },
      'm.json:2:16  class_name: expected a Sequential or Functional model, got "MyModel"',
    ],
    [
      'no layers',
      { class_name: 'Sequential', config: { layers: [] } },
      'm.json:4:13  config.layers: expected a list of layers, each with class_name and config, got []',
    ],
    [
      'no model',
      [1],
      'm.json:1:1  no topology: expected the JSON of a Keras model (model.to_json()), or a model.json of TensorFlow.js, got [1]',
    ],
  ])('may hold %s', (_, content, expected) => {
    write('m.json', content)
    expect(complaints(['m.json'])).toEqual([expected])
  })

  it('may hold layers that cannot be trained: each is told of', () => {
    const inner = layer('Dropout', { rate: 0.5, name: 'drop' })
    write(
      'm.json',
      sequential(
        [28, 28, 1],
        layer('Hashing'),
        layer('GaussianNoise', { stddev: 1 }),
        layer('Conv3D', {
          filters: 4,
          kernel_size: [3, 3],
          groups: 2,
          kernel_constraint: { class_name: 'MaxNorm', config: {} },
        }),
        layer('TimeDistributed', { layer: inner }),
        layer('LSTM', { units: 3, recurrent_dropout: 0.2, dropout: 0 }),
        layer('MultiHeadAttention', { num_heads: 2, key_dim: 2, attention_axes: [2, 3] }),
        sequential(null, layer('Lambda', { function: 'x' })),
        layer('Resizing', { height: 2, width: 2, interpolation: 'bicubic', crop_to_aspect_ratio: true }),
        layer('RandomFlip'),
        layer('Conv3DTranspose', { filters: 2, kernel_size: 2 }),
      ),
    )
    expect(complaints(['m.json']).map((text) => text.replace(/^m\.json:\d+:\d+ {2}config\./, ''))).toEqual([
      'layers[0].class_name: layer "layer_1": TensorFlow.js has no layer "Hashing"',
      'layers[1].class_name: layer "layer_2": GaussianNoise draws its own random numbers, which a resumed trial could not draw again; use Dropout',
      'layers[2].config.groups: layer "layer_3": groups: expected 1, got 2: only Conv1D and Conv2D have groups here',
      'layers[2].config.kernel_constraint: layer "layer_3": kernel_constraint: expected null, got {"class_name":"MaxNorm","config":{}}: constraints on weights are not kept while training',
      'layers[3].config.layer.class_name: layer "drop": Dropout cannot stand inside another layer',
      'layers[4].config.recurrent_dropout: layer "layer_5": recurrent_dropout: expected 0, got 0.2: draws its own random numbers, which a resumed trial could not draw again; use Dropout',
      'layers[5].config.attention_axes: layer "layer_6": attention_axes: expected [1], got [2,3]: only the axis of positions is attended over',
      'layers[6].config.layers[0].class_name: layer "layer_1": TensorFlow.js has no layer "Lambda"',
      'layers[7].config.interpolation: layer "layer_8": interpolation: expected "bilinear", got "bicubic": images are resized so, or by "nearest", alone here',
      'layers[7].config.crop_to_aspect_ratio: layer "layer_8": crop_to_aspect_ratio: expected false, got true: images are resized without it here',
      'layers[8].class_name: layer "layer_9": RandomFlip changes samples at random: leave it out, and say the data’s "augmentation" in its place',
      'layers[9].class_name: layer "layer_10": Conv3DTranspose has no gradient in TensorFlow.js, so that it cannot be trained',
    ])
  })

  it('may wrap layers in forms that no wrapper holds', () => {
    const wrapped = (type: string, config = {}) => layer('TimeDistributed', { layer: layer(type, config) })
    const gru = (config = {}) => layer('GRU', { units: 3, reset_after: true, ...config })
    const both = (backward: object) =>
      layer('Bidirectional', { layer: gru({ name: 'one' }), backward_layer: backward, merge_mode: 'concat' })
    write(
      'm.json',
      sequential(
        [4, 4, 1],
        wrapped('ReLU', { max_value: 6, negative_slope: 0, threshold: 0 }),
        wrapped('ReLU', { negative_slope: 0.1 }),
        wrapped('ELU', { alpha: 0.5 }),
        wrapped('GroupNormalization'),
        both(gru({ name: 'other', go_backwards: true })),
        both(gru({ name: 'other', go_backwards: true, units: 4 })),
      ),
    )
    expect(complaints(['m.json']).map((text) => text.replace(/^m\.json:\d+:\d+ {2}config\.layers/, ''))).toEqual([
      '[1].config.layer.class_name: ReLU: ReLU cannot stand inside another layer',
      '[2].config.layer.class_name: ELU: ELU cannot stand inside another layer',
      '[3].config.layer.class_name: GroupNormalization: TensorFlow.js has no layer "GroupNormalization"',
      '[5].config.backward_layer: layer "layer_6": expected a backward_layer with the settings of the layer, got others',
    ])
  })

  it('may hold operations that no layer computes', () => {
    const tensor = { class_name: '__keras_tensor__', config: { shape: [null, 4], keras_history: ['i', 0, 0] } }
    const operation = (name: string, module: string, args: unknown[]) => ({
      module,
      class_name: name,
      name: name.toLowerCase(),
      config: { name: name.toLowerCase() },
      inbound_nodes: [{ args, kwargs: {} }],
    })
    const layers = [
      { class_name: 'InputLayer', name: 'i', config: { batch_shape: [null, 4], name: 'i' }, inbound_nodes: [] },
      operation('Add', 'keras.src.ops.numpy', [tensor, 3]),
      operation('TrueDivide', 'keras.src.ops.numpy', [1, tensor]),
      operation('Dot', 'keras.src.ops.numpy', [tensor, tensor]),
      operation('NotEqual', 'keras.src.ops.numpy', [tensor, 0]),
    ]
    const config = { name: 'm', layers, input_layers: [['i', 0, 0]], output_layers: [['add', 0, 0]] }
    write('m.json', { module: 'keras.src.models', class_name: 'Functional', config })
    expect(complaints(['m.json']).map((text) => text.replace(/^m\.json:\d+:\d+ {2}config\./, ''))).toEqual([
      'layers[2].class_name: layer "truedivide": the operation "TrueDivide" is not read, in this form; use a layer',
      'layers[3].class_name: layer "dot": the operation "Dot" is not read, in this form; use a layer',
    ])
  })

  it('may call a layer with more than tensors', () => {
    const model = structuredClone(written('keras3-shared')) as {
      config: { layers: { inbound_nodes: { kwargs: object }[] }[] }
    }
    Object.assign(model.config.layers[2]!.inbound_nodes[1]!.kwargs, { training: false, mask: null, scale: 2 })
    write('m.json', model)
    expect(complaints(['m.json'])).toEqual([
      expect.stringMatching(
        /config\.layers\[2\]\.inbound_nodes\[1\]: layer "conv2d_1": its call sets scale = 2, which is not kept: only tensors are passed$/,
      ),
    ])
  })

  it('may speak of layers that it does not have', () => {
    const model = structuredClone(written('keras3-shared')) as { config: { output_layers: unknown } }
    model.config.output_layers = ['nowhere', 0, 0]
    write('m.json', model)
    expect(complaints(['m.json'])).toEqual([
      expect.stringMatching(/config: expected tensors of its own layers, got "nowhere", call 0$/),
    ])
  })
})

describe('a trial', () => {
  const trialsOf = (...files: string[]) => makePlan(readExperiment(experiment(files))).trials
  const resolved = (file: string) =>
    readExperiment(experiment([file])).experiment.students[0]!.architecture as ResolvedKeras

  it('is another when the file says something else, not when it lies elsewhere or is written otherwise', () => {
    write('m.json', small)
    const [before] = trialsOf('m.json')
    mkdirSync(join(folder, 'moved'))
    const { class_name, config } = small as { class_name: string; config: { layers: unknown[] } }
    write(
      'moved/renamed.json',
      JSON.stringify({
        modelTopology: { model_config: { config, class_name }, keras_version: '2.15.0' },
        format: 'layers-model',
        weightsManifest: [{ paths: ['x.bin'], weights: [] }],
      }),
    )
    const [moved] = trialsOf('moved/renamed.json')
    expect(moved!.id).toBe(before!.id)
    expect(moved!.configuration).toBe(before!.configuration)
    expect(resolved('moved/renamed.json').file).toBe('renamed.json')
    write('m.json', sequential([28, 28, 1], layer('Flatten'), layer('Dense', { units: 10, use_bias: false })))
    expect(trialsOf('m.json')[0]!.id).not.toBe(before!.id)
  })

  it('holds all of the model, which is small', () => {
    write('m.json', written('keras3-nested'))
    const { topology, sha256 } = resolved('m.json')
    expect(topology.length).toBeLessThan(1500)
    expect(sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(resolved(join(folder, 'm.json'))).toEqual({ type: 'keras', file: 'm.json', sha256, topology })
  })

  it('is not trained under two names', () => {
    write('a.json', small)
    write('b.json', small)
    expect(complaints(['a.json', 'b.json'])).toEqual([
      expect.stringContaining('students[1]: the same model under two names, "k1" and "k0"'),
    ])
  })

  it('has no axis over files, which are students', () => {
    write('a.json', small)
    const sweep = { 'architecture.file': { values: ['a.json', 'b.json'] } }
    expect(complaints(['a.json'], { sweep })).toEqual([
      'x.json:5:11  sweep["architecture.file"]: "architecture.file" is no axis of its own: list the values under "students"',
    ])
  })
})

it('every layer of TensorFlow.js is either used or refused for a reason', () => {
  const isLayer = ([type]: [new () => unknown, unknown]) => type.prototype instanceof kerasLayers.Layer
  const { classNameMap } = serialization.SerializationMap.getMap()
  const all = Object.entries(classNameMap).filter(([, entry]) => isLayer(entry as never))
  const models = ['Model', 'Functional', 'Sequential']
  const names = all.map(([name]) => name).filter((name) => !models.includes(name))
  expect(names.length).toBeGreaterThan(60)
  expect(names.filter((name) => isUsable(name, true) === (refusal(name) !== undefined))).toEqual([])
})
