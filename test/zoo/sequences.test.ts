// Models over sequences: their sizes, what they read, and attention next to a naive loop.
import '@tensorflow/tfjs-backend-cpu'
import type { Architecture } from '@retort/schema/experiment'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import { input, model, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { ArchitectureProblem } from '../../orchestrator/src/zoo/architectureProblem.ts'
import { Attention } from '../../orchestrator/src/zoo/attention.ts'
import { buildModel } from '../../orchestrator/src/zoo/buildModel.ts'
import { causalTransformer } from '../../orchestrator/src/zoo/causalTransformer.ts'
import { dropoutMasks } from '../../orchestrator/src/zoo/dropout.ts'
import { multiplyAccumulates, parameterCount } from '../../orchestrator/src/zoo/measure.ts'
import { resolved } from './architectures.ts'

beforeAll(() => tf.setBackend('cpu'))

const ofTokens = (architecture: ResolvedArchitecture, length = 20, vocabulary = 100) =>
  buildModel(architecture, [length], 5, 1, vocabulary)

describe('sizes', () => {
  it('of a CNN over tokens', () => {
    const model = ofTokens(resolved({ type: 'text-cnn', embedding: 8, filters: 6, dense: [7] }))
    const convolutions = [3, 4, 5].map((size) => size * 8 * 6)
    const products = convolutions.reduce((sum, each, index) => sum + each * (20 - index - 2), 0)
    const kernels = convolutions.reduce((sum, each) => sum + each, 0)
    expect(parameterCount(model)).toBe(100 * 8 + kernels + 3 * 6 + 18 * 7 + 7 + 7 * 5 + 5)
    expect(multiplyAccumulates(model)).toBe(products + 18 * 7 + 7 * 5)
  })

  it('of LSTMs: four gates, each of which reads the input and the state', () => {
    const lstm = (from: number, units: number) => 4 * (from * units + units * units)
    const model = ofTokens(resolved({ type: 'lstm', embedding: 8, units: [6, 4] }))
    expect(parameterCount(model)).toBe(100 * 8 + lstm(8, 6) + 4 * 6 + lstm(6, 4) + 4 * 4 + 4 * 5 + 5)
    expect(multiplyAccumulates(model)).toBe(20 * (lstm(8, 6) + lstm(6, 4)) + 4 * 5)
    const both = ofTokens(resolved({ type: 'lstm', embedding: 8, units: [6, 4], bidirectional: true }))
    expect(parameterCount(both)).toBe(100 * 8 + 2 * (lstm(8, 6) + 24 + lstm(12, 4) + 16) + 8 * 5 + 5)
    expect(multiplyAccumulates(both)).toBe(20 * 2 * (lstm(8, 6) + lstm(12, 4)) + 8 * 5)
  })

  it('of a transformer: four square matrices and two wide ones, and the products of attention', () => {
    const model = ofTokens(resolved({ type: 'transformer', width: 12, depth: 3, heads: 2, expansion: 5 }))
    const block = 4 * (12 * 12 + 12) + (12 * 60 + 60) + (60 * 12 + 12) + 2 * 24
    expect(parameterCount(model)).toBe(100 * 12 + 20 * 12 + 3 * block + 24 + 12 * 5 + 5)
    const products = 20 * (4 * 12 * 12 + 2 * 12 * 60) + 2 * 20 * 20 * 12
    expect(multiplyAccumulates(model)).toBe(3 * products + 12 * 5)
    // PyTorch's TransformerEncoderLayer(128, 4, dim_feedforward=512) has 198,272.
    const wide = (depth: number) => parameterCount(ofTokens(resolved({ type: 'transformer', depth })))
    expect(wide(2) - wide(1)).toBe(198272)
  })
})

describe('a causal transformer', () => {
  const gpt = (changes: Partial<Extract<Architecture, { type: 'causal-transformer' }>> = {}) =>
    resolved({ type: 'causal-transformer', width: 8, depth: 2, heads: 2, expansion: 3, ...changes })
  const ofText = (architecture: ResolvedArchitecture, length = 6, vocabulary = 11) =>
    buildModel(architecture, [length], vocabulary, 1, vocabulary)

  it('of GPT-2 small’s sizes has its 124,439,808 parameters', () => {
    // From the first block on, all blocks have equally many: no need to hold twelve.
    const sizes = (depth: number, length: number, vocabulary: number) => {
      const inputs = input({ shape: [length], dtype: 'int32' })
      const small = resolved({ type: 'causal-transformer', width: 768, depth, heads: 12 })
      if (small.type !== 'causal-transformer') throw new Error(small.type)
      const built = model({ inputs, outputs: causalTransformer(small, inputs, vocabulary, vocabulary, null) })
      const count = parameterCount(built)
      built.dispose()
      return count
    }
    const block = sizes(2, 4, 2) - sizes(1, 4, 2)
    expect(block).toBe(12 * 768 ** 2 + 13 * 768)
    expect(sizes(1, 1024, 50257) + 11 * block).toBe(124439808)
  })

  it('has a matrix more where its output is not tied, and as many products either way', () => {
    const [tied, untied] = [ofText(gpt()), ofText(gpt({ tied: false }))]
    const block = 4 * (8 * 8 + 8) + (8 * 24 + 24) + (24 * 8 + 8) + 2 * 16
    expect(parameterCount(tied)).toBe(11 * 8 + 6 * 8 + 2 * block + 16)
    expect(parameterCount(untied)).toBe(parameterCount(tied) + 8 * 11)
    const products = 6 * (4 * 8 * 8 + 2 * 8 * 24) + 2 * 6 * 6 * 8
    for (const each of [tied, untied]) expect(multiplyAccumulates(each)).toBe(2 * products + 6 * 8 * 11)
  })

  it('gives the products of its last states and the embedding where its output is tied', () => {
    const tied = ofText(gpt())
    const tokens = tf.tensor2d([[1, 2, 3, 4, 5, 10]], [1, 6], 'int32')
    const logits = tied.predict(tokens) as tf.Tensor
    expect(logits.shape).toEqual([1, 6, 11])
    const states = model({ inputs: tied.inputs, outputs: tied.getLayer('last_norm').output as SymbolicTensor })
    const vectors = (states.predict(tokens) as tf.Tensor3D).arraySync()[0]!
    const table = tied.getLayer('embedding').getWeights()[0]!.arraySync() as number[][]
    for (const [position, row] of (logits as tf.Tensor3D).arraySync()[0]!.entries()) {
      for (const [token, logit] of row.entries()) {
        const product = table[token]!.reduce((sum, value, at) => sum + value * vectors[position]![at]!, 0)
        expect(logit).toBeCloseTo(product, 5)
      }
    }
  })

  it.each([true, false])('sees no token that comes later, tied: %s', (tied) => {
    const built = ofText(gpt({ tied }))
    const token = fc.nat(10)
    fc.assert(
      fc.property(
        fc.array(token, { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        token,
        (ids, at, other) => {
          fc.pre(ids[at] !== other)
          const rows = (values: number[]) =>
            (built.predict(tf.tensor2d([values], [1, 6], 'int32')) as tf.Tensor3D).arraySync()[0]!
          const [one, changed] = [rows(ids), rows(ids.map((id, place) => (place === at ? other : id)))]
          expect(changed.slice(0, at)).toEqual(one.slice(0, at))
          expect(changed[at]).not.toEqual(one[at])
        },
      ),
      { numRuns: 20 },
    )
  })

  it.each<[string, () => unknown, string[], string]>([
    ['images', () => buildModel(gpt(), [9, 3, 1], 5, 1), ['type'], 'expected token ids [length], got [9, 3, 1]'],
    [
      'other classes than tokens, tied',
      () => buildModel(gpt(), [9], 5, 1, 11),
      ['tied'],
      "expected as many classes as tokens, 11, of which each is the next one's, got 5: the output cannot be tied",
    ],
    [
      'heads that do not divide the width',
      () => ofText(gpt({ heads: 3 })),
      ['heads'],
      'expected a divisor of the width, 8',
    ],
  ])('reads no %s', (_, build, path, message) => {
    try {
      build()
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ArchitectureProblem)
      expect((error as ArchitectureProblem).path).toEqual(path)
      expect((error as ArchitectureProblem).message).toContain(message)
    }
  })
})

describe('what they read', () => {
  it.each(['text-cnn', 'lstm', 'transformer'] as const)('tokens, vectors, or the rows of images: %s', (type) => {
    const read = (shape: number[], vocabulary: number | null) => {
      const model = buildModel(resolved({ type }), shape, 5, 1, vocabulary)
      return { dtype: model.inputs[0]!.dtype, shape: model.inputs[0]!.shape, macs: multiplyAccumulates(model) }
    }
    expect(read([20], 100)).toMatchObject({ dtype: 'int32', shape: [null, 20] })
    expect(read([20, 7], null)).toMatchObject({ dtype: 'float32', shape: [null, 20, 7] })
    // A row of 4 pixels of 3 channels is a vector of 12 numbers.
    expect(read([20, 4, 3], null).macs).toBe(read([20, 12], null).macs)
  })

  it.each<[string, () => unknown, string[], string]>([
    [
      'a table',
      () => buildModel(resolved({ type: 'lstm' }), [9], 5, 1),
      ['type'],
      'expected token ids [length], vectors [length, features] or images [height, width, channels], got inputs of [9]',
    ],
    [
      'token ids for a network of images',
      () => buildModel(resolved({ type: 'vgg', depth: 8 }), [9], 5, 1, 100),
      ['type'],
      'expected an architecture for token ids: "text-cnn", "lstm", "transformer", "causal-transformer", "keras", got "vgg"',
    ],
    [
      'sequences shorter than a kernel',
      () => ofTokens(resolved({ type: 'text-cnn', kernelSizes: [2, 21] })),
      ['kernelSizes', '1'],
      'expected a kernel of at most 20, the length of the sequences, got 21',
    ],
    [
      'heads that do not divide the width',
      () => ofTokens(resolved({ type: 'transformer', width: 10, heads: 4 })),
      ['heads'],
      'expected a divisor of the width, 10, got 4',
    ],
  ])('not %s', (_, build, path, message) => {
    expect(build).toThrow(ArchitectureProblem)
    expect(build).toThrow(message)
    try {
      build()
    } catch (error) {
      expect((error as ArchitectureProblem).path).toEqual(path)
    }
  })
})

describe('initial weights', () => {
  const values = (architecture: ResolvedArchitecture, name: string) =>
    ofTokens(architecture)
      .weights.find(({ originalName }) => originalName === name)!
      .read()
  const deviation = (tensor: tf.Tensor) => tf.sqrt(tf.mean(tf.square(tensor))).dataSync()[0]!

  it('let an LSTM remember, in both directions', () => {
    const lstm = resolved({ type: 'lstm', units: [3], bidirectional: true })
    for (const way of ['forward', 'backward']) {
      expect([...values(lstm, `lstm1_both/${way}_lstm1/bias`).dataSync()]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    }
    const kernel = values(resolved({ type: 'lstm', units: [5] }), 'lstm1/recurrent_kernel') as tf.Tensor2D
    const product = tf.matMul(kernel, kernel, false, true)
    expect(tf.max(tf.abs(tf.sub(product, tf.eye(5)))).dataSync()[0]).toBeLessThan(1e-5)
  })

  it('of embeddings are uniform within 0.05', () => {
    const embedding = values(resolved({ type: 'transformer' }), 'embedding/embeddings')
    expect(tf.max(tf.abs(embedding)).dataSync()[0]).toBeLessThanOrEqual(0.05)
    expect(deviation(embedding)).toBeCloseTo(0.05 / Math.sqrt(3), 3)
    expect(deviation(values(resolved({ type: 'transformer' }), 'positions/embeddings'))).toBeCloseTo(0.0289, 3)
  })

  it('of a depthwise filter have the variance of the nine numbers that it sees', () => {
    const model = buildModel(resolved({ type: 'mobilenet', blocks: 13 }), [32, 32, 3], 10, 1)
    const kernel = model.getLayer('block13_depthwise').getWeights()[0]!
    expect(deviation(kernel)).toBeCloseTo(Math.sqrt(2 / 9), 1)
  })
})

it('dropout of a transformer stands behind the positions and each part, and before the logits', () => {
  const masks = dropoutMasks(ofTokens(resolved({ type: 'transformer', width: 8, depth: 1, heads: 2, dropout: 0.1 })))
  expect(masks.map(({ name, shape }) => [name, shape])).toEqual([
    ['positions_dropout', [20, 8]],
    ['block1_attention_dropout', [20, 8]],
    ['block1_feed_forward_dropout', [20, 8]],
    ['features_dropout', [8]],
  ])
})

describe('attention', () => {
  interface Drawn {
    batch: number
    length: number
    heads: number
    part: number
    causal: boolean
    seed: number
  }
  const sizes = fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    length: fc.integer({ min: 1, max: 6 }),
    heads: fc.integer({ min: 1, max: 3 }),
    part: fc.integer({ min: 1, max: 4 }),
    causal: fc.boolean(),
    seed: fc.integer({ min: 1, max: 1e6 }),
  })
  const draw = ({ batch, length, heads, part, seed }: Drawn) =>
    [0, 1, 2].map((which) =>
      tf.randomNormal([batch, length, heads * part], 0, 2, 'float32', seed + which),
    ) as tf.Tensor3D[]

  /** Sums and exponentials one by one. */
  function naive([queries, keys, values]: number[][][][], { heads, part, causal }: Drawn): number[] {
    const results: number[] = []
    for (const [sample, rows] of queries!.entries()) {
      for (const [position, query] of rows.entries()) {
        for (let head = 0; head < heads; head++) {
          const seen = keys![sample]!.slice(0, causal ? position + 1 : undefined)
          const weights = seen.map((key) => {
            let score = 0
            for (let at = head * part; at < (head + 1) * part; at++) score += query[at]! * key[at]!
            return Math.exp(score / Math.sqrt(part))
          })
          const total = weights.reduce((sum, weight) => sum + weight, 0)
          for (let at = head * part; at < (head + 1) * part; at++) {
            results.push(
              weights.reduce((sum, weight, from) => sum + (weight / total) * values![sample]![from]![at]!, 0),
            )
          }
        }
      }
    }
    return results
  }

  it('is what a naive loop gives', () => {
    fc.assert(
      fc.property(sizes, (drawn) => {
        const inputs = draw(drawn)
        const attended = new Attention({ heads: drawn.heads, causal: drawn.causal }).call(inputs).dataSync()
        const expected = naive(
          inputs.map((each) => each.arraySync()),
          drawn,
        )
        for (const [index, value] of expected.entries()) expect(attended[index]).toBeCloseTo(value, 4)
      }),
      { numRuns: 50 },
    )
  })

  it('that is causal does not see what comes later', () => {
    const causal = resolved({ type: 'transformer', width: 8, depth: 2, heads: 2, causal: true })
    const model = ofTokens(causal, 6, 10)
    const before = tf.tensor2d([[1, 2, 3, 4, 5, 6]], [1, 6], 'int32')
    const after = tf.tensor2d([[1, 2, 3, 4, 9, 9]], [1, 6], 'int32')
    const states = (tokens: tf.Tensor, { layers } = model) => {
      const until = layers.findIndex(({ name }) => name === 'last_norm')
      const outputs = new Map<string, tf.Tensor>()
      for (const layer of layers.slice(0, until + 1)) {
        const from = layer.inboundNodes[0]!.inboundLayers.map(({ name }) => outputs.get(name)!)
        outputs.set(
          layer.name,
          from.length === 0 ? tokens : (layer.apply(from.length === 1 ? from[0]! : from) as tf.Tensor),
        )
      }
      return (outputs.get('last_norm') as tf.Tensor3D).arraySync()[0]!
    }
    const [one, other] = [states(before), states(after)]
    expect(one.slice(0, 4)).toEqual(other.slice(0, 4))
    expect(one[4]).not.toEqual(other[4])
    const whole = ofTokens(resolved({ type: 'transformer', width: 8, depth: 2, heads: 2 }), 6, 10)
    expect(states(before, whole)[0]).not.toEqual(states(after, whole)[0])
  })
})
