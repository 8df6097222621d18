// ONNX files as teachers, on real digits: what they say, against loops in plain JavaScript, and what is refused before
// anything trains.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import type { LogitsArtifact } from '@retort/schema/artifact'
import type { ResolvedNormalisation, ResolvedOnnx } from '@retort/schema/given'
import type { ResolvedDataset } from '@retort/schema/trial'
import { describe, expect, it } from 'vitest'
import { gatherer, viewGatherer } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { stream } from '../../orchestrator/src/data/random.ts'
import { evaluateGiven } from '../../orchestrator/src/trial/given/evaluate.ts'
import { digits, placement } from './fixture.ts'
import { channel, coloured, fileOf, folder, given, problemOf, said, workshop } from './givenTeachers.ts'
import { onnxFile } from './onnxModels.ts'

const { onnx } = createRequire(resolve(import.meta.dirname, '../../orchestrator/package.json'))('onnx-proto')
const [height, width, classes] = [28, 28, 10]

type Dim = number | string

interface Drawn {
  input: Dim[]
  gives?: number
  outputs?: string[]
  softmax?: boolean
  metadata?: Record<string, string>
  external?: boolean
}

const weightOf = (size: number, gives: number): Float32Array => {
  const next = stream('weights', size)
  return Float32Array.from({ length: size * gives }, () => (next() / 2 ** 32 - 0.5) / 10)
}

/** A linear model of its flattened input, in whatever shape it comes. */
function linear(
  name: string,
  { input, gives = classes, outputs = ['y'], softmax, metadata = {}, external }: Drawn,
  size: number,
) {
  const type = (dims: Dim[]) => ({
    tensorType: {
      elemType: 1,
      shape: { dim: dims.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
    },
  })
  const weights = weightOf(size, gives)
  const last = softmax ? 'z' : outputs[0]!
  const node = [
    { opType: 'Flatten', input: ['x'], output: ['flat'], attribute: [{ name: 'axis', type: 2, i: 1 }] },
    { opType: 'MatMul', input: ['flat', 'w'], output: [last] },
    ...(softmax ? [{ opType: 'Softmax', input: ['z'], output: [outputs[0]!] }] : []),
    ...outputs.slice(1).map((other) => ({ opType: 'Neg', input: [last], output: [other] })),
  ]
  const model = onnx.ModelProto.create({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 13 }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: 'linear',
      node,
      input: [{ name: 'x', type: type(input) }],
      output: outputs.map((each) => ({ name: each, type: type(['n', gives]) })),
      initializer: [
        {
          name: 'w',
          dims: [size, gives],
          dataType: 1,
          rawData: new Uint8Array(weights.buffer),
          ...(external ? { dataLocation: 1 } : {}),
        },
      ],
    },
  })
  const bytes = onnx.ModelProto.encode(model).finish()
  writeFileSync(join(folder, name), bytes)
  return { weights, given: onnxFile(name) }
}

const colours = coloured()
type AffineNormalisation = Exclude<ResolvedNormalisation, string>
const one: AffineNormalisation = { mean: [0.1, 0.2, 0.3], deviation: [0.5, 0.4, 0.3], scale: 255 }
const other: AffineNormalisation = { mean: [100], deviation: [50], scale: 1 }

describe('an ONNX model', () => {
  it.each([
    ['NCHW', ['n', 3, height, width], one],
    ['NHWC', ['n', height, width, 3], one],
    ['NCHW, in batches of 7', [7, 3, height, width], other],
    ['NCHW, flat', ['n', 3 * height * width], other],
  ] as [string, Dim[], AffineNormalisation][])(
    '%s gets each pixel in its place, normalised as is stated',
    async (layout, input, normalisation) => {
      const size = 3 * height * width
      const drawn = linear(`${layout}.onnx`, { input }, size)
      const stated = layout.endsWith('flat') ? ({ inputLayout: 'NCHW' } as const) : {}
      const { numbers, metrics } = await said(colours, { ...drawn.given, ...stated, normalisation })
      const data = await loadDataset(colours)
      const first = layout.startsWith('NCHW')
      const bytes = readFileSync((colours as { trainImages: string }).trainImages)
      for (const sample of [0, 1, 499, 999]) {
        const expected = new Array(classes).fill(0)
        for (let row = 0; row < height; row++) {
          for (let column = 0; column < width; column++) {
            for (let colour = 0; colour < 3; colour++) {
              const byte = bytes[20 + ((sample * height + row) * width + column) * 3 + colour]!
              const at = normalisation.mean.length === 1 ? 0 : colour
              const value = (byte / normalisation.scale - normalisation.mean[at]!) / normalisation.deviation[at]!
              const place = first ? (colour * height + row) * width + column : (row * width + column) * 3 + colour
              for (let of = 0; of < classes; of++) expected[of] += value * drawn.weights[place * classes + of]!
            }
          }
        }
        for (const [of, value] of expected.entries()) {
          expect(Math.abs(numbers[sample * classes + of]! - value)).toBeLessThan(1e-3)
        }
      }
      expect(numbers).toHaveLength((data.trainFileSamples + data.test.indices.length) * classes)
      expect(metrics).toMatchObject({ parameters: size * classes, multiplyAccumulates: null, trainSeconds: 0 })
    },
  )

  it('is normalised as its metadata say, else as the data are; of probabilities the logarithm is taken', async () => {
    const size = height * width
    const dataset = digits()
    const data = await loadDataset(dataset)
    const images = new Float32Array(size)
    gatherer(data)(data.train, Int32Array.of(5), images, new Int32Array(1))
    const expectedOf = (values: Float32Array, weights: Float32Array) =>
      Array.from({ length: classes }, (_, of) =>
        values.reduce((sum, value, at) => sum + value * weights[at * classes + of]!, 0),
      )
    const close = (numbers: Float32Array, expected: number[]) => {
      for (const [of, value] of expected.entries()) expect(Math.abs(numbers[50 + of]! - value)).toBeLessThan(1e-4)
    }
    const plain = linear('plain.onnx', { input: ['n', 1, height, width] }, size)
    close((await said(dataset, plain.given)).numbers, expectedOf(images, plain.weights))

    const preprocessing = JSON.stringify({ mean: [0.5], deviation: [0.25] })
    const carrying = linear('carrying.onnx', { input: ['n', height, width], metadata: { preprocessing } }, size)
    const [mean, deviation] = [data.preprocessing!.mean[0]!, data.preprocessing!.deviation[0]!]
    const theirs = images.map((value) => (value * deviation + mean - 0.5) / 0.25)
    close((await said(dataset, carrying.given)).numbers, expectedOf(theirs, carrying.weights))

    const soft = linear('soft.onnx', { input: ['n', size], softmax: true }, size)
    const { numbers } = await said(dataset, { ...soft.given, gives: 'probabilities' })
    const logits = expectedOf(images, soft.weights)
    const total = Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0))
    close(
      numbers,
      logits.map((value) => value - total),
    )
  })

  it('is refused where it does not fit the data, or does not say enough', async () => {
    const [size, grey] = [height * width, digits()]
    const drawn = (name: string, shape: Drawn, length = size, changes: Partial<ResolvedOnnx> = {}) => ({
      ...linear(name, shape, length).given,
      ...changes,
    })
    expect(await problemOf(grey, drawn('big.onnx', { input: ['n', 3, 32, 32] }, 3072))).toBe(
      'file: input "x": expected images of [28, 28, 1], got [n, 3, 32, 32]',
    )
    expect(await problemOf(grey, drawn('few.onnx', { input: ['n', size], gives: 7 }))).toBe(
      'file: output "y": expected float32 [batch, 10], got float32 [n, 7]',
    )
    // Its shapes leave it open, and it gives something else in fact.
    const open = { input: ['n', 'a', 'b', 'c'] as Dim[] }
    expect(await problemOf(grey, drawn('open.onnx', open))).toBe(
      'inputLayout: input "x" of [n, a, b, c] may be NCHW or NHWC for images of [28, 28, 1]: say which',
    )
    expect(
      await problemOf(grey, drawn('stated.onnx', { input: ['n', 1, height, width] }, size, { inputLayout: 'NHWC' })),
    ).toBe('inputLayout: input "x": expected images of [28, 28, 1] as NHWC, got [n, 1, 28, 28]')
    const two = { input: ['n', size] as Dim[], outputs: ['y', 'minus'] }
    expect(await problemOf(grey, drawn('two.onnx', two))).toBe(
      'output: which output has the 10 classes is not clear: say which of "y", "minus"',
    )
    expect(await problemOf(grey, drawn('two.onnx', two, size, { output: 'z' }))).toBe(
      'output: expected an output of the model: "y", "minus", got "z"',
    )
    expect(await problemOf(grey, drawn('p.onnx', { input: ['n', size] }, size, { gives: 'probabilities' }))).toMatch(
      /^gives: expected probabilities from 0 to 1, got /,
    )
    const normalisation: ResolvedNormalisation = { mean: [1, 2], deviation: [1], scale: 255 }
    expect(await problemOf(grey, drawn('n.onnx', { input: ['n', size] }, size, { normalisation }))).toBe(
      'normalisation.mean: expected 1 number, got 2',
    )
    expect(await problemOf(grey, drawn('out.onnx', { input: ['n', size], external: true }))).toBe(
      'file: weight "w" of out.onnx: expected the name of a file that holds it, got none',
    )
    writeFileSync(join(folder, 'junk.onnx'), 'no model')
    expect(await problemOf(grey, onnxFile('junk.onnx'))).toMatch(/^file: expected an ONNX model, got other bytes/)
  })

  it('fails where the file has changed since it was planned', async () => {
    const { given: planned } = linear('changing.onnx', { input: ['n', height * width] }, height * width)
    linear('changing.onnx', { input: ['n', height * width], softmax: true }, height * width)
    const config = given(digits(), planned)
    const members: LogitsArtifact[] = []
    const request = { task: 'evaluate', trial: 'any', config, placement, artifacts: folder, members } as const
    expect(await evaluateGiven(request, channel, workshop)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('changing.onnx has changed since it was planned: expected SHA-256'),
    })
  })
})

describe('with augmented data', () => {
  const dataset: ResolvedDataset = {
    ...digits(),
    augmentation: { steps: [{ type: 'flip' }], views: 2, for: 'all', seed: 3 },
  }
  const size = height * width

  it('a model gives the logits of each view, and an ensemble their means', async () => {
    const drawn = linear('views.onnx', { input: ['n', size] }, size)
    const { numbers, logits } = await said(dataset, drawn.given)
    expect(numbers).toHaveLength((2 * 1000 + 300) * classes)
    const data = await loadDataset(dataset)
    const gather = viewGatherer(data)
    const image = new Float32Array(size)
    for (const [view, sample] of [
      [0, 3],
      [1, 3],
      [0, 900],
      [1, 900],
    ] as const) {
      gather(data.train, Int32Array.of(sample), view, image, new Int32Array(1))
      for (let of = 0; of < classes; of++) {
        const expected = image.reduce((sum, value, at) => sum + value * drawn.weights[at * classes + of]!, 0)
        expect(Math.abs(numbers[(view * 1000 + sample) * classes + of]! - expected)).toBeLessThan(1e-3)
      }
    }
    const twice = [
      { model: 'a', trial: 'a', weight: 0.5 },
      { model: 'b', trial: 'b', weight: 0.5 },
    ]
    const mixed = await said(dataset, { type: 'ensemble', of: twice, mean: 'logits' }, [logits, logits])
    expect(mixed.numbers).toEqual(numbers)
    // Its members' logits of validation samples as they are were never stored.
    expect(mixed.metrics).toMatchObject({ validationAccuracy: null, testAccuracy: expect.any(Number) })
  })

  it('logits in files are refused: they are not those of the views', async () => {
    const train = { ...fileOf('views.onnx'), tensor: null, ids: null }
    expect(await problemOf(dataset, { type: 'logits', train, test: null, gives: 'logits' })).toBe(
      'train: views.onnx: expected data without augmentation, since these logits are those of samples as they are',
    )
  })
})
