// Every objective on features: its value against its paper's formula in plain JavaScript, its gradient against finite
// differences of that, the onnx engine against TensorFlow.js, and what the papers say it does not see.
import '@tensorflow/tfjs-layers'
import '@tensorflow/tfjs-backend-cpu'
import type { ResolvedObjective } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Objective } from '../../orchestrator/src/objectives/objective.ts'
import { objectives } from '../../orchestrator/src/objectives/objectives.ts'
import { ownWeights } from '../../orchestrator/src/objectives/ownWeights.ts'
import { floats, onCpu, onEngine } from '../engine/compare.ts'
import { gradientOf, mean, type Rows } from './reference.ts'

type OnFeatures = Extract<ResolvedObjective, { layers: unknown }>

const layers = [{ student: 's', teacher: 't' }]

interface Pair {
  /** Shapes with the batch. */
  shapes: { student: number[]; teacher: number[] }
  student: Rows
  teacher: Rows
}

const dot = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * b[index]!, 0)
const minus = (a: number[], b: number[]) => a.map((value, index) => value - b[index]!)
const unit = (a: number[]) => a.map((value) => value / Math.sqrt(dot(a, a)))
const meanSquare = (a: number[], b: number[]) => mean(minus(a, b).map((value) => value ** 2))
const huber = (a: number[], b: number[]) =>
  mean(minus(a, b).map((d) => (Math.abs(d) <= 1 ? d ** 2 / 2 : Math.abs(d) - 0.5)))

/** A regressor's weights, as the objective has them: units or channels in, units or channels out. */
const kernel = [
  [0.5, -0.25, 1],
  [0.75, 0.1, -0.4],
]
const bias = [0.1, -0.2, 0.3]

function hints({ shapes, student, teacher }: Pair): number {
  const [inputs, outputs] = [shapes.student.at(-1)!, shapes.teacher.at(-1)!]
  const losses: number[] = []
  for (const [sample, row] of student.entries()) {
    for (let place = 0; place < row.length / inputs; place++) {
      for (let to = 0; to < outputs; to++) {
        let guess = bias[to]!
        for (let from = 0; from < inputs; from++) guess += row[place * inputs + from]! * kernel[from]![to]!
        losses.push((guess - teacher[sample]![place * outputs + to]!) ** 2)
      }
    }
  }
  return mean(losses)
}

/** The mean square over the channels of each place, [height][width]. */
function attention(row: number[], [, height, width, channels]: number[]): Rows {
  return Array.from({ length: height! }, (_, y) =>
    Array.from({ length: width! }, (_, x) => {
      const at = (y * width! + x) * channels!
      return mean(row.slice(at, at + channels!).map((value) => value ** 2))
    }),
  )
}

/** Bilinear with pixels' centers at halves, edges repeated. */
function resized(map: Rows, height: number, width: number): Rows {
  const at = (y: number, x: number) =>
    map[Math.min(map.length - 1, Math.max(0, y))]![Math.min(map[0]!.length - 1, Math.max(0, x))]!
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => {
      const y = ((row + 0.5) * map.length) / height - 0.5
      const x = ((column + 0.5) * map[0]!.length) / width - 0.5
      const [top, left] = [Math.floor(y), Math.floor(x)]
      const [down, right] = [y - top, x - left]
      const upper = at(top, left) * (1 - right) + at(top, left + 1) * right
      const lower = at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right
      return upper * (1 - down) + lower * down
    }),
  )
}

const attentionTransfer = ({ shapes, student, teacher }: Pair): number =>
  mean(
    student.map((row, sample) => {
      const [, height, width] = shapes.student as [number, number, number]
      const theirs = resized(attention(teacher[sample]!, shapes.teacher), height, width)
      return meanSquare(unit(attention(row, shapes.student).flat()), unit(theirs.flat()))
    }),
  )

const similarities = (rows: Rows) => rows.map((row) => unit(rows.map((other) => dot(row, other))))
const similarityPreserving = ({ student, teacher }: Pair): number =>
  meanSquare(similarities(student).flat(), similarities(teacher).flat())

function distances(rows: Rows): number[] {
  const all = rows.map((row) => rows.map((other) => Math.hypot(...minus(row, other))))
  const average = mean(all.flatMap((row, i) => row.filter((_, j) => j !== i)))
  return all.flat().map((distance) => distance / average)
}
const rkdDistance = ({ student, teacher }: Pair): number => huber(distances(student), distances(teacher))

const angles = (rows: Rows): number[] =>
  rows.flatMap((vertex, j) =>
    rows.flatMap((one, i) =>
      rows.map((other, k) => (i === j || k === j ? 0 : dot(unit(minus(one, vertex)), unit(minus(other, vertex))))),
    ),
  )
const rkdAngle = ({ student, teacher }: Pair): number => huber(angles(student), angles(teacher))

/** Rows of the batch. */
function drawn(shape: number[], seed: number): Rows {
  const values = [...floats(shape, { seed }).values]
  const size = values.length / shape[0]!
  return Array.from({ length: shape[0]! }, (_, sample) => values.slice(sample * size, (sample + 1) * size))
}

const pairOf = (student: number[], teacher: number[]): Pair => ({
  shapes: { student, teacher },
  student: drawn(student, 3),
  teacher: drawn(teacher, 4),
})
const dense = pairOf([4, 2], [4, 3])
const maps = pairOf([4, 3, 2, 2], [4, 3, 2, 3])
const larger = pairOf([4, 3, 2, 2], [4, 5, 4, 3])

const cases: [string, OnFeatures, Pair, (pair: Pair) => number][] = [
  ['hints of units', { type: 'hints', weight: 1, layers }, dense, hints],
  ['hints of channels', { type: 'hints', weight: 1, layers }, maps, hints],
  [
    'attention of maps of one size',
    { type: 'attention-transfer', weight: 1, layers, resize: 'map' },
    maps,
    attentionTransfer,
  ],
  [
    'attention to a larger map',
    { type: 'attention-transfer', weight: 1, layers, resize: 'map' },
    larger,
    attentionTransfer,
  ],
  ['similarities', { type: 'similarity-preserving', weight: 1, layers }, dense, similarityPreserving],
  ['similarities of maps', { type: 'similarity-preserving', weight: 1, layers }, larger, similarityPreserving],
  ['distances', { type: 'rkd-distance', weight: 1, layers }, dense, rkdDistance],
  ['distances of maps', { type: 'rkd-distance', weight: 1, layers }, larger, rkdDistance],
  ['angles', { type: 'rkd-angle', weight: 1, layers }, dense, rkdAngle],
  ['angles of maps', { type: 'rkd-angle', weight: 1, layers }, larger, rkdAngle],
]

function term(objective: OnFeatures, student: tf.Tensor, teacher: tf.Tensor): tf.Scalar {
  const shapes = { student: { s: student.shape.slice(1) }, teacher: { t: teacher.shape.slice(1) } }
  const own = objective.type === 'hints' ? ownWeights.hints!(objective, shapes) : []
  const given = [kernel.flat(), bias]
  const weights = own.map((shape, index) => tf.tensor(given[index]!, shape))
  const lesson = { features: { student: { s: student }, teacher: { t: teacher } } }
  return (objectives[objective.type] as Objective)(lesson as never, objective, weights)
}

const tensor = (rows: Rows, shape: number[]) => tf.tensor(rows.flat(), shape)

function lossAt(objective: OnFeatures, { shapes, student, teacher }: Pair): number {
  return tf.tidy(() => term(objective, tensor(student, shapes.student), tensor(teacher, shapes.teacher)).arraySync())
}

// The comparison with the onnx engine leaves its backend active.
beforeEach(async () => {
  await tf.setBackend('cpu')
})

describe.each(cases)('%s', (_, objective, pair, reference) => {
  it('are what the formula gives, and their gradient what finite differences give', () => {
    expect(lossAt(objective, pair)).toBeCloseTo(reference(pair), 5)
    const teacher = tensor(pair.teacher, pair.shapes.teacher)
    const gradient = tf.grad((student) => term(objective, student, teacher))(tensor(pair.student, pair.shapes.student))
    const differences = gradientOf((student) => reference({ ...pair, student }), pair.student).flat()
    for (const [index, slope] of gradient.dataSync().entries()) expect(slope).toBeCloseTo(differences[index]!, 4)
  })

  it('agree on the onnx engine with TensorFlow.js', async () => {
    const inputs = {
      student: { shape: pair.shapes.student, values: Float32Array.from(pair.student.flat()) },
      teacher: { shape: pair.shapes.teacher, values: Float32Array.from(pair.teacher.flat()) },
    }
    const step = ({ student, teacher }: Record<string, tf.Tensor>) => ({
      loss: term(objective, student!, teacher!),
      gradient: tf.grad((features) => term(objective, features, teacher!))(student!),
    })
    const expected = await onCpu(step, inputs)
    const outputs = await onEngine(step, inputs)
    for (const [name, values] of Object.entries(expected)) {
      for (const [index, value] of values.entries()) expect(outputs[name]![index]).toBeCloseTo(value, 4)
    }
  })

  it('stay finite, with their gradient, where all samples are equal or zero', () => {
    for (const value of [0, 1]) {
      const flat = { ...pair, student: pair.student.map((row) => row.map(() => value)) }
      expect(Number.isFinite(lossAt(objective, flat))).toBe(true)
      const teacher = tensor(pair.teacher, pair.shapes.teacher)
      const gradient = tf.grad((student) => term(objective, student, teacher))(
        tensor(flat.student, pair.shapes.student),
      )
      expect(gradient.dataSync().every(Number.isFinite)).toBe(true)
    }
  })
})

it('several pairs of layers are summed', () => {
  const twice = [...layers, { student: 's', teacher: 't' }]
  const objective: OnFeatures = { type: 'rkd-angle', weight: 1, layers }
  expect(lossAt({ ...objective, layers: twice }, dense)).toBeCloseTo(2 * lossAt(objective, dense), 5)
})

it('attention by hand: two places, one channel', () => {
  // Squares 9 and 16 are (9, 16) / sqrt(337), against (1, 0): ((9 / s - 1)^2 + (16 / s)^2) / 2.
  const length = Math.sqrt(337)
  const pair = { shapes: { student: [1, 1, 2, 1], teacher: [1, 1, 2, 1] }, student: [[3, 4]], teacher: [[5, 0]] }
  const value = lossAt({ type: 'attention-transfer', weight: 1, layers, resize: 'map' }, pair)
  expect(value).toBeCloseTo(((9 / length - 1) ** 2 + (16 / length) ** 2) / 2, 6)
})

describe('attention of pooled features is RepDistiller’s', () => {
  // Numbers of sin(0.7 n + phase), and what distiller_zoo/AT.py makes of them on PyTorch 2.15 in float64: the loss, and
  // the first three slopes of the student.
  const waves = (shape: number[], phase: number) =>
    tf.tensor(
      Array.from({ length: shape.reduce((n, m) => n * m, 1) }, (_, n) => Math.sin(0.7 * n + phase)),
      shape,
    )

  it.each([
    [
      [2, 2, 2, 3],
      [2, 4, 4, 2],
      0.07953721448687456,
      [-0.012702434673566567, -0.036169202556335205, -0.04262502931747969],
    ],
    [
      [2, 4, 4, 3],
      [2, 2, 2, 2],
      0.06844918414225172,
      [-0.054486168368867945, -0.002701286182378475, 0.050354053104444456],
    ],
    [
      [2, 3, 3, 2],
      [2, 5, 5, 2],
      0.059225815757516925,
      [-0.0024157991909485054, -0.006878801782360475, 0.004894696641650832],
    ],
    [
      [2, 5, 5, 2],
      [2, 3, 3, 2],
      0.07398807848149226,
      [-0.002456942490935738, -0.002220491464384218, -0.0023279114865782376],
    ],
    [
      [2, 3, 3, 2],
      [2, 3, 3, 2],
      0.05183186970707776,
      [-0.006418358734069087, -0.018275781226008557, 0.014044160679322485],
    ],
  ])('of %j and %j', async (ours, theirs, loss, slopes) => {
    const objective: OnFeatures = { type: 'attention-transfer', weight: 1, layers, resize: 'features' }
    const step = ({ student, teacher }: Record<string, tf.Tensor>) => ({
      loss: term(objective, student!, teacher!),
      gradient: tf.grad((features) => term(objective, features, teacher!))(student!),
    })
    const [student, teacher] = [waves(ours, 0.3), waves(theirs, 1.1)]
    const inputs = {
      student: { shape: ours, values: student.dataSync().slice() as Float32Array },
      teacher: { shape: theirs, values: teacher.dataSync().slice() as Float32Array },
    }
    for (const outputs of [await onCpu(step, inputs), await onEngine(step, inputs)]) {
      expect(outputs.loss![0]).toBeCloseTo(loss, 6)
      for (const [at, slope] of slopes.entries()) expect(outputs.gradient![at]).toBeCloseTo(slope, 6)
    }
  })
})

describe('relations between samples', () => {
  const planes = fc.array(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 2 }), {
    minLength: 3,
    maxLength: 5,
  })
  const rotated = (rows: Rows, angle: number, scale: number): Rows =>
    rows.map(([x, y]) => [
      scale * (Math.cos(angle) * x! - Math.sin(angle) * y!),
      scale * (Math.sin(angle) * x! + Math.cos(angle) * y!),
    ])
  const angle = fc.double({ min: 0, max: 6, noNaN: true })
  const scale = fc.double({ min: 0.3, max: 3, noNaN: true })
  const apart = (rows: Rows) =>
    rows.every((row, i) => rows.every((other, j) => i === j || Math.hypot(...minus(row, other)) > 0))

  it.each(['similarity-preserving', 'rkd-distance', 'rkd-angle'] as const)(
    '%s does not see rotation and scale of the features, nor who is who where both are the same',
    (type) => {
      fc.assert(
        fc.property(planes, angle, scale, fc.integer({ min: -20, max: 20 }), (student, by, times, shift) => {
          fc.pre(apart(student) && student.every((row) => Math.hypot(...row) > 0))
          const shape = [student.length, 2]
          const teacher = drawn(shape, 9)
          const pair = { shapes: { student: shape, teacher: shape }, student, teacher }
          // Similarities are angles at the origin, so a shift changes them.
          const moved = rotated(student, by, times).map((row) =>
            row.map((value) => value + (type === 'similarity-preserving' ? 0 : shift)),
          )
          const objective = { type, weight: 1, layers } as OnFeatures
          expect(Math.abs(lossAt(objective, { ...pair, student: moved }) - lossAt(objective, pair))).toBeLessThan(2e-3)
          expect(Math.abs(lossAt(objective, { ...pair, teacher: moved }))).toBeLessThan(2e-3)
          expect(lossAt(objective, pair)).toBeGreaterThanOrEqual(0)
        }),
        { numRuns: 60 },
      )
    },
  )

  it('attention does not see the scale of a sample’s features', () => {
    const objective: OnFeatures = { type: 'attention-transfer', weight: 1, layers, resize: 'map' }
    const louder = { ...larger, student: larger.student.map((row, sample) => row.map((value) => (sample + 2) * value)) }
    expect(lossAt(objective, louder)).toBeCloseTo(lossAt(objective, larger), 5)
  })
})
