// Layers also registers the gradients.
import '@tensorflow/tfjs-layers'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crossEntropy } from '../../orchestrator/src/objectives/crossEntropy.ts'
import { lossOf } from '../../orchestrator/src/objectives/loss.ts'

const labelLoss = { type: 'cross-entropy' } as const

type Rows = number[][]

interface Case {
  student: Rows
  teacher: Rows
  labels: number[]
  temperature: number
  hard: number
  soft: number
}

function evaluate({ student, teacher, labels, temperature, hard, soft }: Case) {
  const loss = (logits: tf.Tensor2D) =>
    lossOf(
      labelLoss,
      { logits, labels: tf.tensor1d(labels, 'int32') },
      {
        terms: [{ type: 'soft-targets', weight: 1, standardise: false }],
        weights: [[]],
        features: { student: {}, teacher: {} },
        teacherLogits: tf.tensor2d(teacher),
        temperature: tf.scalar(temperature),
        hardWeight: tf.scalar(hard),
        softWeight: tf.scalar(soft),
        termWeights: [tf.scalar(1)],
      },
    )
  const parts = loss(tf.tensor2d(student))
  const gradient = tf.grad((logits: tf.Tensor) => loss(logits as tf.Tensor2D).loss)(tf.tensor2d(student))
  return {
    loss: parts.loss.arraySync(),
    hard: parts.hard.arraySync(),
    soft: parts.soft!.arraySync(),
    gradient: gradient.arraySync() as Rows,
  }
}

/** In float64, with the largest logit taken out first. */
function logSoftmax(row: number[], temperature: number): number[] {
  const scaled = row.map((value) => value / temperature)
  const largest = Math.max(...scaled)
  const log = largest + Math.log(scaled.reduce((sum, value) => sum + Math.exp(value - largest), 0))
  return scaled.map((value) => value - log)
}

/** (hard (softmax(z_s) - y) + soft T (softmax(z_s / T) - softmax(z_t / T))) / batch */
function closedGradient({ student, teacher, labels, temperature, hard, soft }: Case): Rows {
  return student.map((row, sample) => {
    const plain = logSoftmax(row, 1)
    const [ours, theirs] = [logSoftmax(row, temperature), logSoftmax(teacher[sample]!, temperature)]
    return row.map((_, index) => {
      const label = labels[sample] === index ? 1 : 0
      const part = hard * (Math.exp(plain[index]!) - label)
      return (part + soft * temperature * (Math.exp(ours[index]!) - Math.exp(theirs[index]!))) / student.length
    })
  })
}

function closedLoss({ student, teacher, labels, temperature, hard, soft }: Case): number {
  const losses = student.map((row, sample) => {
    const [ours, theirs] = [logSoftmax(row, temperature), logSoftmax(teacher[sample]!, temperature)]
    const divergence = theirs.reduce((sum, log, index) => sum + Math.exp(log) * (log - ours[index]!), 0)
    return -hard * logSoftmax(row, 1)[labels[sample]!]! + soft * temperature ** 2 * divergence
  })
  return losses.reduce((sum, loss) => sum + loss, 0) / student.length
}

describe('by hand', () => {
  it('one sample, two classes, T = 1', () => {
    // softmax([0, 0]) = [1/2, 1/2]; softmax([ln 3, 0]) = [3/4, 1/4], the teacher's.
    // CE(label 0) = ln 2. KL = 3/4 ln((3/4)/(1/2)) + 1/4 ln((1/4)/(1/2)) = 3/4 ln 3 - ln 2.
    const kl = 0.75 * Math.log(3) - Math.log(2)
    const result = evaluate({
      student: [[0, 0]],
      teacher: [[Math.log(3), 0]],
      labels: [0],
      temperature: 1,
      hard: 0.25,
      soft: 2,
    })
    expect(result.hard).toBeCloseTo(Math.log(2), 6)
    expect(result.soft).toBeCloseTo(kl, 6)
    expect(result.loss).toBeCloseTo(0.25 * Math.log(2) + 2 * kl, 6)
    // d/dz = 0.25 ([1/2, 1/2] - [1, 0]) + 2 * 1 * ([1/2, 1/2] - [3/4, 1/4]) = [-1/8 - 1/2, 1/8 + 1/2].
    expect(result.gradient[0]![0]).toBeCloseTo(-0.625, 6)
    expect(result.gradient[0]![1]).toBeCloseTo(0.625, 6)
  })

  it('two samples, T = 2: the temperature divides the logits and its square multiplies the divergence', () => {
    // Halved, the teacher's rows are [ln 3, 0] and [0, ln 3], the student's [0, 0] and [0, ln 3]: KL = 3/4 ln 3 - ln 2 and 0.
    // Soft part: 4 * (3/4 ln 3 - ln 2) / 2. Hard part: softmax([0, 2 ln 3]) = [1/10, 9/10], so (ln 2 + ln 10) / 2.
    const teacher = [
      [2 * Math.log(3), 0],
      [0, 2 * Math.log(3)],
    ]
    const result = evaluate({
      student: [
        [0, 0],
        [0, 2 * Math.log(3)],
      ],
      teacher,
      labels: [1, 0],
      temperature: 2,
      hard: 1,
      soft: 1,
    })
    expect(result.soft).toBeCloseTo(2 * (0.75 * Math.log(3) - Math.log(2)), 6)
    expect(result.hard).toBeCloseTo((Math.log(2) + Math.log(10)) / 2, 6)
    // First row: ([1/2, 1/2] - [0, 1] + 2 ([1/2, 1/2] - [3/4, 1/4])) / 2 = [0, 0]; second: ([1/10, 9/10] - [1, 0] + 0) / 2.
    const expected = [0, 0, -0.45, 0.45]
    for (const [index, value] of result.gradient.flat().entries()) expect(value).toBeCloseTo(expected[index]!, 6)
  })

  it('the labels alone', () => {
    // softmax([0, ln 3, 0, 0]) = [1/6, 1/2, 1/6, 1/6].
    const batch = { logits: tf.tensor2d([[0, Math.log(3), 0, 0]]), labels: tf.tensor1d([1], 'int32') }
    expect(crossEntropy(batch).arraySync()).toBeCloseTo(Math.log(2), 6)
    expect(lossOf(labelLoss, batch, null)).toMatchObject({ soft: null })
  })
})

describe('against the closed form', () => {
  const logits = fc.double({ min: -20, max: 20, noNaN: true })
  const cases = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 6 })).chain(([batch, classes]) => {
    const rows = fc.array(fc.array(logits, { minLength: classes, maxLength: classes }), {
      minLength: batch,
      maxLength: batch,
    })
    return fc.record({
      student: rows,
      teacher: rows,
      labels: fc.array(fc.integer({ min: 0, max: classes - 1 }), { minLength: batch, maxLength: batch }),
      temperature: fc.double({ min: 0.25, max: 50, noNaN: true }),
      hard: fc.double({ min: 0, max: 2, noNaN: true }),
      soft: fc.double({ min: 0, max: 2, noNaN: true }),
    })
  })

  it('loss and gradient', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { loss, gradient } = evaluate(given)
        const expected = closedLoss(given)
        // T^2 up to 2500 magnifies the rounding of float32 logits.
        const slack = 1e-5 * Math.max(1, given.temperature ** 2)
        expect(Math.abs(loss - expected)).toBeLessThan(slack + 1e-5 * Math.abs(expected))
        const closed = closedGradient(given).flat()
        for (const [index, value] of gradient.flat().entries()) {
          expect(Math.abs(value - closed[index]!)).toBeLessThan(1e-5 * Math.max(1, given.temperature))
        }
      }),
    )
  })

  it('the closed form’s gradient is that of finite differences', () => {
    const given: Case = {
      student: [
        [0.3, -1.2, 2.1],
        [1, 0, -1],
      ],
      teacher: [
        [2, -1, 0.5],
        [-3, 0.2, 1],
      ],
      labels: [2, 0],
      temperature: 3,
      hard: 0.3,
      soft: 0.7,
    }
    const step = 1e-5
    const { gradient } = evaluate(given)
    for (const [sample, row] of given.student.entries()) {
      for (const index of row.keys()) {
        const moved = (by: number) =>
          closedLoss({
            ...given,
            student: given.student.map((r, s) => r.map((z, i) => (s === sample && i === index ? z + by : z))),
          })
        const difference = (moved(step) - moved(-step)) / (2 * step)
        expect(closedGradient(given)[sample]![index]).toBeCloseTo(difference, 8)
        expect(gradient[sample]![index]).toBeCloseTo(difference, 5)
      }
    }
  })
})

describe('extremes stay finite and right', () => {
  it.each([0.01, 1, 1000])('logits of 10,000 that disagree, T = %f', (temperature) => {
    const given = { student: [[1e4, -1e4, 0]], teacher: [[-1e4, 1e4, 0]], labels: [1], temperature, hard: 1, soft: 1 }
    const result = evaluate(given)
    const expected = closedLoss(given)
    expect(Math.abs(result.loss / expected - 1)).toBeLessThan(1e-5)
    expect(result.gradient.flat().every(Number.isFinite)).toBe(true)
    const closed = closedGradient(given).flat()
    for (const [index, value] of result.gradient.flat().entries()) {
      expect(Math.abs(value - closed[index]!)).toBeLessThan(1e-4 * Math.max(1, temperature))
    }
  })

  it.each([0.01, 1, 1000])('identical logits have no divergence and no soft gradient, T = %f', (temperature) => {
    const logits = [
      [1e4, -1e4, 3],
      [0.1, 0.2, 0.3],
    ]
    const result = evaluate({ student: logits, teacher: logits, labels: [0, 1], temperature, hard: 0, soft: 1 })
    expect(result.soft).toBe(0)
    expect(result.loss).toBe(0)
    for (const value of result.gradient.flat()) expect(Math.abs(value)).toBeLessThan(1e-6 * temperature)
  })

  it('a weight of 0 leaves the other part alone', () => {
    const given = { student: [[1, 2]], teacher: [[3, -1]], labels: [0], temperature: 4, hard: 1, soft: 0 }
    const { loss, hard } = evaluate(given)
    expect(loss).toBe(hard)
  })
})
