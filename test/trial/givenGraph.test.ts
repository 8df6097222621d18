// Graph-models of TensorFlow.js as teachers, as its converter writes them: what they say, against a formula, and what is
// refused.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ResolvedTfjs } from '@retort/schema/given'
import { describe, expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { readTfjs } from '../../orchestrator/src/spec/given/tfjs.ts'
import { digits } from './fixture.ts'
import { folder, problemOf, said } from './givenTeachers.ts'

const [size, classes] = [784, 10]
const dataset = digits()

interface Node {
  name: string
  op: string
  input?: string[]
  attr?: Record<string, unknown>
}

const kernel = Float32Array.from({ length: size * classes }, (_, at) => Math.sin(at) / 20)
// As a weight in bytes has them: 0.01 for each, from -0.5 on.
const biasBytes = Uint8Array.from({ length: classes }, (_, at) => 7 * at)
const bias = Array.from(biasBytes, (byte) => byte * 0.01 - 0.5)

const whole = { dtype: { type: 'DT_INT32' } }
const type = { T: { type: 'DT_FLOAT' } }
const constant = (name: string): Node => ({ name, op: 'Const', attr: whole })

/** A Flatten whose length is computed of its input's shape, as Keras 3 has it, and a dense layer. */
const flattened = (batchOf: string): Node[] => [
  {
    name: 'x',
    op: 'Placeholder',
    attr: {
      dtype: { type: 'DT_FLOAT' },
      shape: { shape: { dim: [{ size: '-1' }, { size: '28' }, { size: '28' }, { size: '1' }] } },
    },
  },
  ...['from', 'to', 'by', 'length'].map(constant),
  { name: 'kernel', op: 'Const', attr: { dtype: { type: 'DT_FLOAT' } } },
  { name: 'bias', op: 'Const', attr: { dtype: { type: 'DT_FLOAT' } } },
  { name: 'shape', op: 'Shape', input: ['x'], attr: { ...type, out_type: { type: 'DT_INT32' } } },
  {
    name: 'batch',
    op: 'StridedSlice',
    input: [batchOf, 'from', 'to', 'by'],
    attr: {
      shrink_axis_mask: { i: '1' },
      begin_mask: { i: '0' },
      end_mask: { i: '0' },
      ellipsis_mask: { i: '0' },
      new_axis_mask: { i: '0' },
      T: { type: 'DT_INT32' },
    },
  },
  {
    name: 'flat/shape',
    op: 'Pack',
    input: ['batch', 'length'],
    attr: { axis: { i: '0' }, N: { i: '2' }, T: { type: 'DT_INT32' } },
  },
  { name: 'flat', op: 'Reshape', input: ['x', 'flat/shape'], attr: type },
  {
    name: 'dense',
    op: 'MatMul',
    input: ['flat', 'kernel'],
    attr: { ...type, transpose_a: { b: false }, transpose_b: { b: false } },
  },
  {
    name: 'z',
    op: 'BiasAdd',
    input: ['dense', 'bias'],
    attr: { ...type, data_format: { s: Buffer.from('NHWC').toString('base64') } },
  },
]

function graphTeacher(
  name: string,
  more: Node[],
  changes: Partial<ResolvedTfjs> = {},
  batchOf = 'shape',
): ResolvedTfjs {
  const at = join(folder, name)
  mkdirSync(at, { recursive: true })
  const scalar = (of: string, shape: number[]) => ({ name: of, shape, dtype: 'int32' })
  const weights = [
    scalar('from', [1]),
    scalar('to', [1]),
    scalar('by', [1]),
    scalar('length', []),
    { name: 'kernel', shape: [size, classes], dtype: 'float32' },
    { name: 'bias', shape: [classes], dtype: 'float32', quantization: { dtype: 'uint8', min: -0.5, scale: 0.01 } },
  ]
  const parts = [Int32Array.of(0, 1, 1, size), kernel, biasBytes].map(({ buffer }) => Buffer.from(buffer))
  writeFileSync(join(at, 'weights.bin'), Buffer.concat(parts))
  const model = {
    format: 'graph-model',
    modelTopology: { node: [...flattened(batchOf), ...more], versions: {} },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  }
  writeFileSync(join(at, 'model.json'), JSON.stringify(model))
  const path = join(at, 'model.json')
  const { sha256, topology } = readTfjs(path)
  return {
    type: 'tfjs',
    file: `${name}/model.json`,
    path,
    sha256,
    topology,
    gives: 'logits',
    normalisation: null,
    tokenizer: null,
    ...changes,
  }
}

const softmax: Node = { name: 'y', op: 'Softmax', input: ['z'], attr: type }
const unit = { mean: [0], deviation: [1], scale: 255 } as const

describe('a graph-model', () => {
  it('gives what its operations say, of weights in bytes, too', async () => {
    const { train } = await loadDataset(dataset)
    const expectedOf = (sample: number) =>
      bias.map((start, of) => {
        let sum = start
        for (let at = 0; at < size; at++) sum += (train.inputs[sample * size + at]! / 255) * kernel[at * classes + of]!
        return sum
      })
    const normalisation = { ...unit } as unknown as ResolvedTfjs['normalisation']
    const plain = await said(dataset, graphTeacher('plain', [], { normalisation }))
    const soft = await said(dataset, graphTeacher('soft', [softmax], { normalisation, gives: 'probabilities' }))
    for (const sample of [0, 3, 999]) {
      const logits = expectedOf(sample)
      const total = Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0))
      for (const [of, value] of logits.entries()) {
        expect(Math.abs(plain.numbers[sample * classes + of]! - value)).toBeLessThan(1e-4)
        expect(Math.abs(soft.numbers[sample * classes + of]! - (value - total))).toBeLessThan(1e-4)
      }
    }
    expect(plain.metrics).toMatchObject({ parameters: size * classes + classes, multiplyAccumulates: null })
  })

  it('is known by its operations and its weights', () => {
    const [one, other] = [graphTeacher('plain', []), graphTeacher('soft', [softmax])]
    expect(one.sha256).not.toBe(other.sha256)
    expect(graphTeacher('again', []).sha256).toBe(one.sha256)
  })

  it('is refused where it is no model for the data, or cannot be traced', async () => {
    expect(await problemOf(dataset, graphTeacher('soft', [softmax], { leftOut: ['gives'] }))).toMatch(
      /^gives: expected logits, got probabilities/,
    )
    const unknown = { name: 'y', op: 'NoSuchOperation', input: ['z'], attr: type }
    expect(await problemOf(dataset, graphTeacher('unknown', [unknown]))).toMatch(
      /^file: it cannot be run: .*NoSuchOperation/,
    )
    const two = [
      { name: 'a', op: 'Neg', input: ['z'], attr: type },
      { name: 'b', op: 'Neg', input: ['z'], attr: type },
    ]
    expect(await problemOf(dataset, graphTeacher('two', two))).toMatch(
      /^output: expected one output, or its name, got "a/,
    )
    const cast: Node = {
      name: 'held',
      op: 'Cast',
      input: ['x'],
      attr: { SrcT: { type: 'DT_FLOAT' }, DstT: { type: 'DT_INT32' } },
    }
    expect(await problemOf(dataset, graphTeacher('held', [cast], { output: 'z' }, 'held'))).toBe(
      'file: it cannot be run: the shape "flat/shape" depends on what the samples hold',
    )
  })
})
