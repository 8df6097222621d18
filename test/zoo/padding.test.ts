// Padding behind a text changes nothing: a padded text has the logits and gradients that it has alone, in a model of its
// own length that knows of no padding, on every engine and in the exported file.
import '@tensorflow/tfjs-backend-cpu'
import type { Architecture } from '@retort/schema/experiment'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import fc from 'fast-check'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CompiledStep, Engine } from '../../orchestrator/src/engine/engine.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { onnxOf, tfjsOf } from '../../orchestrator/src/trial/exportModel.ts'
import { predictionProgram } from '../../orchestrator/src/trial/steps.ts'
import { buildModel } from '../../orchestrator/src/zoo/buildModel.ts'
import { dropoutMasks } from '../../orchestrator/src/zoo/dropout.ts'
import { multiplyAccumulates, parameterCount } from '../../orchestrator/src/zoo/measure.ts'
import { placement } from '../trial/fixture.ts'
import { resolved } from './architectures.ts'
import { architectureOf } from './topologies/build.ts'

type Reader = Extract<Architecture, { type: 'text-cnn' | 'lstm' | 'transformer' }>

const classes = 3
const vocabulary = 11
/** Neither the first id nor the last. */
const padding = 4
const longest = 9
const longer = 14

/** @param least positions that the model needs, by its longest kernel */
const cases: { name: string; architecture: Reader; least: number }[] = [
  {
    name: 'a CNN',
    architecture: { type: 'text-cnn', embedding: 6, kernelSizes: [1, 2, 4], filters: 5, dense: [4] },
    least: 4,
  },
  {
    name: 'a CNN whose values may be negative',
    architecture: { type: 'text-cnn', embedding: 6, kernelSizes: [3], filters: 5, activation: 'tanh' },
    least: 3,
  },
  { name: 'an LSTM', architecture: { type: 'lstm', embedding: 6, units: [5] }, least: 1 },
  {
    name: 'two LSTMs in both directions',
    architecture: { type: 'lstm', embedding: 6, units: [5, 4], bidirectional: true, dropout: 0.2 },
    least: 1,
  },
  { name: 'a transformer', architecture: { type: 'transformer', width: 8, heads: 2, expansion: 2 }, least: 1 },
  {
    name: 'a causal transformer',
    architecture: { type: 'transformer', width: 8, depth: 1, heads: 4, causal: true },
    least: 1,
  },
]

/** Weights far from those of the start, with which nothing hides: by name, positions [longer, width]. */
function valuesOf(name: string, shape: number[]): Float32Array {
  const whole = name.startsWith('positions') ? [longer, shape[1]!] : shape
  const seed = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 1)
  const all = tf.tidy(() => tf.randomUniform(whole, -0.8, 0.8, 'float32', seed).dataSync()) as Float32Array
  return all.slice(0, tf.util.sizeFromShape(shape))
}

/** On the active backend, which is then that of its weights. */
function built(architecture: Reader, length: number, filler: number | null): LayersModel {
  return withValues(buildModel(resolved(architecture), [length], classes, 1, vocabulary, filler))
}

function withValues(model: LayersModel): LayersModel {
  const values = new Map<string, Float32Array>()
  for (const { originalName, shape } of model.weights)
    values.set(originalName, valuesOf(originalName, shape as number[]))
  model.setWeights(
    model.weights.map(({ originalName, shape }) => tf.tensor(values.get(originalName)!, shape as number[])),
  )
  return model
}

const filledUp = (text: number[], length: number) => [
  ...text,
  ...new Array<number>(Math.max(0, length - text.length)).fill(padding),
]

/** Texts of 0 to 9 tokens, padding's id among them but not last. */
const texts = fc
  .array(
    fc.array(fc.nat(vocabulary - 1), { maxLength: longest }).map((text) => text.slice(0, lastReal(text) + 1)),
    { minLength: 1, maxLength: 4 },
  )
  .map((some) => [...some, [], [], []].slice(0, 4))
const lastReal = (text: number[]) => text.findLastIndex((id) => id !== padding)

const idsOf = (some: number[][], length: number) => Int32Array.from(some.flatMap((text) => filledUp(text, length)))
const near = (got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5) => {
  expect(got.length).toBe(expected.length)
  for (const [at, value] of Array.from(got).entries()) {
    expect(Number.isFinite(value)).toBe(true)
    expect(Math.abs(value - expected[at]!)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected[at]!)))
  }
}

let engine: Engine
beforeAll(async () => {
  engine = await openEngine(placement)
})
afterAll(() => engine.close())
beforeEach(async () => {
  await tf.setBackend('cpu')
})

const facts = { preprocessing: null, vocabulary, tokenizer: null, classes, classNames: null, columnNames: null }

describe.each(cases)('$name', ({ architecture, least }) => {
  const several = architecture.type === 'text-cnn' && architecture.kernelSizes!.length > 1
  const predict = (model: LayersModel, some: number[][]) =>
    tf.tidy(() => {
      const length = model.inputs[0]!.shape[1] as number
      return (
        model.predict(tf.tensor2d(idsOf(some, length), [some.length, length], 'int32')) as tf.Tensor
      ).dataSync() as Float32Array
    })

  it('gives a padded text the logits of the text alone', () => {
    const [short, long] = [built(architecture, longest, padding), built(architecture, longer, padding)]
    const alone = new Map<number, LayersModel>()
    for (let length = least; length <= longest; length++) alone.set(length, built(architecture, length, null))
    fc.assert(
      fc.property(texts, (some) => {
        const logits = predict(short, some)
        near(predict(long, some), logits)
        for (const [place, text] of some.entries()) {
          const own = logits.slice(place * classes, (place + 1) * classes)
          // What is shorter than the one kernel is filled up to its length; of several the shorter must not see that.
          if (text.length < (several ? least : 1)) continue
          near(own, predict(alone.get(Math.max(least, text.length))!, [filledUp(text, least)]))
        }
      }),
      { numRuns: 30 },
    )
    for (const model of [short, long, ...alone.values()]) model.dispose()
  })

  it('gives all empty texts the same logits, however long', () => {
    const [short, long] = [built(architecture, longest, padding), built(architecture, longer, padding)]
    const logits = predict(short, [[], [1]])
    expect(Array.from(logits).every(Number.isFinite)).toBe(true)
    expect(logits.slice(0, classes)).not.toEqual(logits.slice(classes))
    near(predict(long, [[], [1]]), logits)
  })

  it('learns from a padded text what it learns from the text alone', () => {
    // TensorFlow.js has no gradient of an LSTM over one position.
    for (const length of [Math.max(2, least), 6, longest]) {
      const text = Array.from({ length }, (_, at) => (at * 5 + 2) % vocabulary)
      expect(text.at(-1)).not.toBe(padding)
      const gradients = [built(architecture, longer, padding), built(architecture, length, null)].map((model) => {
        const size = model.inputs[0]!.shape[1] as number
        const ids = tf.tensor2d(idsOf([text], size), [1, size], 'int32')
        const masks = Object.fromEntries(dropoutMasks(model).map(({ name, shape }) => [name, tf.ones([1, ...shape])]))
        const logits = () => model.apply(ids, { training: true, masks }) as tf.Tensor
        const { grads } = tf.variableGrads(
          () => tf.sum(tf.mul(logits(), [1, -2, 3])) as tf.Scalar,
          model.trainableWeights.map((weight) => weight.read() as tf.Variable),
        )
        return new Map(
          model.trainableWeights.map((weight) => [
            weight.originalName,
            grads[(weight.read() as tf.Variable).name]!.dataSync(),
          ]),
        )
      })
      const [padded, alone] = gradients as [Map<string, Float32Array>, Map<string, Float32Array>]
      expect([...padded.keys()]).toEqual([...alone.keys()])
      for (const [name, values] of alone) {
        const all = padded.get(name)!
        near(all.slice(0, values.length), values, 1e-4)
        // Positions behind the text learn nothing.
        expect(all.slice(values.length).every((value) => value === 0)).toBe(true)
      }
    }
  })

  it('does so on the engine, and in the exported file in plain onnxruntime', async () => {
    await tf.setBackend('retort')
    const programs: CompiledStep[] = []
    const sessions: InferenceSession[] = []
    const models = [longest, longer].map((length) => built(architecture, length, padding))
    for (const model of models) {
      const { step, inputs } = predictionProgram(model, 4)
      programs.push(await engine.compile(step, inputs))
      sessions.push(await InferenceSession.create(await onnxOf(model, facts)))
    }
    await tf.setBackend('cpu')
    const eager = built(architecture, longest, padding)
    await fc.assert(
      fc.asyncProperty(texts, async (some) => {
        const expected = predict(eager, some)
        for (const [place, length] of [longest, longer].entries()) {
          const ids = idsOf(some, length)
          near((await programs[place]!.run({ images: ids })).logits!, expected)
          const { logits } = await sessions[place]!.run({ input: new Tensor('int32', ids, [4, length]) })
          near(logits!.data as Float32Array, expected)
        }
      }),
      { numRuns: 20 },
    )
    for (const session of sessions) await session.release()
    for (const program of programs) program.dispose()
  })

  it('has the parameters and products that it has otherwise, and no other layers without padding', () => {
    const [masked, plain] = [padding, null].map((filler) => built(architecture, longest, filler))
    expect(parameterCount(masked!)).toBe(parameterCount(plain!))
    expect(multiplyAccumulates(masked!)).toBe(multiplyAccumulates(plain!))
    const classNames = (model: LayersModel) => model.layers.map((layer) => layer.getClassName())
    expect(classNames(masked!).join()).toContain('RetortText')
    expect(classNames(plain!).join()).not.toContain('RetortText')
    const read = built({ ...architecture, maskPadding: false }, longest, padding)
    expect(classNames(read)).toEqual(classNames(plain!))
    const short = [1, 2, 3, 5].slice(0, Math.max(2, least - 1))
    expect(predict(read, [short])).not.toEqual(predict(masked!, [short]))
  })

  // Read topologies have no layers of attention.
  if (architecture.type === 'transformer') return
  it('does so, too, where its file is read as a topology', async () => {
    const model = built(architecture, longest, padding)
    const { topology } = await tfjsOf(model, facts)
    const { modelTopology } = JSON.parse(Buffer.from(topology).toString())
    const again = withValues(buildModel(architectureOf(modelTopology), [longest], classes, 1, vocabulary, padding))
    const some = [[1, 2, 3, 0, 9], [], [5], [4, 4, 8, 7, 1, 2, 3, 1, 10]]
    near(predict(again, some), predict(model, some))
  })
})
