// What is exported for TensorFlow.js loads where there is TensorFlow.js alone, with the file beside the model where there
// is one, and gives the logits of the exported ONNX: every architecture, and every layer and model of Keras.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { definition } from '@retort/orchestrator/spec/schema'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Data } from '../../orchestrator/src/data/data.ts'
import type { Values } from '../../orchestrator/src/engine/engine.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { exportModel as filesOf } from '../../orchestrator/src/store/exportModel.ts'
import { exportModel } from '../../orchestrator/src/trial/exportModel.ts'
import { placement, temporaryFolder } from '../trial/fixture.ts'
import { resolved } from './architectures.ts'
import { type Case, cases } from './cases.ts'
import { all as kerasCases, modelOf, samplesOf } from './topologies/kerasCases.ts'
import { build, difference, inputOf } from './trained.ts'

const store = temporaryFolder()

interface Given {
  name: string
  make(): LayersModel
  /** Of three samples. */
  values: Values
  shape: number[]
  /** Whether a file beside the model is needed; undefined where nobody says. */
  beside?: boolean
}

const dense: Case[] = [
  { name: 'an MLP', architecture: { type: 'mlp', hidden: [8], dropout: 0.1 }, sample: { shape: [4, 4, 3] } },
  {
    name: 'a CNN with batch norm',
    architecture: { type: 'cnn', filters: [4, 6], dense: [8], batchNorm: true },
    sample: { shape: [8, 8, 3] },
  },
]

const zoo = [...dense, ...cases].map(({ name, architecture, sample }): Given => {
  const values = inputOf(sample, 3, 9)
  const beside = architecture.type.includes('transformer') || sample.padding !== undefined
  return { name, values, shape: [3, ...sample.shape], beside, make: () => moved(build(resolved(architecture), sample)) }
})

/** Each weight away from where it starts, at which biases are zeros; variances stay above zero. */
function moved(model: LayersModel): LayersModel {
  for (const weight of model.weights) {
    const move = Float32Array.from({ length: weight.read().size }, (_, i) => 0.05 * (1 + Math.sin(1.3 * i)))
    tf.tidy(() => void weight.write(tf.add(weight.read(), tf.tensor(move, weight.shape as number[]))))
  }
  return model
}

/** Some of those that TensorFlow.js has as Keras does. */
const alike = /^(SimpleRNN|LayerNormalization|DepthwiseConv2D, multiplier|activation (gelu|silu|tanh|elu))$/

const keras = kerasCases.map(
  (each): Given => ({
    name: each.name,
    ...(alike.test(each.name) && { beside: false }),
    values: samplesOf(each),
    shape: [3, ...each.shape],
    make: () => modelOf(each),
  }),
)

const data = {
  preprocessing: null,
  vocabulary: null,
  tokenizer: null,
  classes: 3,
  classNames: null,
  columnNames: null,
} as unknown as Data

interface Loaded {
  error?: string
  values: number[]
  shape: number[]
  /** Whether there was a file beside the model. */
  beside: boolean
}

/** What both exports of each model give. */
async function exported(given: Given[]) {
  const right: Float32Array[] = []
  const asked: object[] = []
  for (const [index, { make, values, shape }] of given.entries()) {
    const model = make()
    const artifacts = Object.values(await exportModel(store, model, data, []))
    model.dispose()
    const out = join(store, `${given.length} ${index}`)
    await filesOf({ folder: store, trial: 'any', artifacts, format: 'tfjs', out })
    await filesOf({ folder: store, trial: 'any', artifacts, format: 'onnx', out })
    const session = await InferenceSession.create(readFileSync(join(out, 'model.onnx')))
    const input =
      values instanceof Int32Array ? new Tensor('int32', values, shape) : new Tensor('float32', values, shape)
    right.push((await session.run({ input })).logits!.data as Float32Array)
    await session.release()
    asked.push({ folder: out, values: Array.from(values), shape, dtype: input.type })
  }
  const { stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'loadPlain.mjs')], {
    input: JSON.stringify(asked),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (stdout === '') throw new Error(stderr)
  return { right, loaded: JSON.parse(stdout) as Loaded[] }
}

beforeAll(async () => {
  await openEngine(placement)
})

describe.each([
  ['architectures', zoo],
  ['what is read of Keras', keras],
])('%s', (_, given) => {
  let results: Awaited<ReturnType<typeof exported>>
  beforeAll(async () => {
    results = await exported(given)
  }, 600_000)

  it.each(given.map(({ name, beside }, index) => [name, index, beside] as const))('%s', (_, index, beside) => {
    const [right, loaded] = [results.right[index]!, results.loaded[index]!]
    expect(loaded.error).toBeUndefined()
    if (beside !== undefined) expect(loaded.beside).toBe(beside)
    expect(right.every(Number.isFinite)).toBe(true)
    expect(loaded.values.length).toBe(right.length)
    expect(difference(right, Float32Array.from(loaded.values))).toBeLessThan(1e-4)
  })
})

it('no kind of architecture is left out', () => {
  const types = definition('Architecture').oneOf!.map(({ $ref }) => definition($ref!.split('/').at(-1)!))
  const named = types.map(({ properties }) => properties!.type!.const)
  expect(new Set([...dense, ...cases].map(({ architecture }) => architecture.type)).add('keras' as never)).toEqual(
    new Set(named),
  )
})
