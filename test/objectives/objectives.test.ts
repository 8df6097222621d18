// Every objective on logits: its value against its paper's formula in plain JavaScript, its gradient against finite
// differences of that, the onnx engine against TensorFlow.js, and what must hold whatever the logits.
import '@tensorflow/tfjs-layers'
import '@tensorflow/tfjs-backend-cpu'
import type { ResolvedLabelLoss, ResolvedObjective } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { pearsonDistance } from '../../orchestrator/src/objectives/dist.ts'
import { lossOf } from '../../orchestrator/src/objectives/loss.ts'
import { objectives } from '../../orchestrator/src/objectives/objectives.ts'
import { readsClass } from '../../orchestrator/src/spec/objectives.ts'
import { valueAt } from '../../orchestrator/src/trial/teaching.ts'
import { onCpu, onEngine } from '../engine/compare.ts'
import {
  correlation,
  given,
  gradientOf,
  kl,
  mean,
  noFeatures,
  type Rows,
  type Sample,
  softmax,
  softTargets,
  standardised,
  transposed,
} from './reference.ts'

const crossEntropy: ResolvedLabelLoss = { type: 'cross-entropy' }

const divergences = ({ student, teacher, temperature: T }: Sample, of: (p: number[], q: number[]) => number): number =>
  T ** 2 * mean(student.map((row, index) => of(softmax(teacher[index]!, T), softmax(row, T))))

const jsd = (beta: number) => (p: number[], q: number[]) => {
  const mixture = p.map((value, index) => beta * value + (1 - beta) * q[index]!)
  return beta * kl(p, mixture) + (1 - beta) * kl(q, mixture)
}

function dkd(sample: Sample, alpha: number, beta: number): number {
  const { student, teacher, labels, temperature: T } = sample
  const losses = student.map((row, index) => {
    const [p, q] = [softmax(teacher[index]!, T), softmax(row, T)]
    const y = labels[index]!
    const others = (of: number[]) => of.filter((_, k) => k !== y)
    const tckd = kl([p[y]!, 1 - p[y]!], [q[y]!, 1 - q[y]!])
    const nckd = kl(softmax(others(teacher[index]!), T), softmax(others(row), T))
    return alpha * tckd + beta * nckd
  })
  return T ** 2 * mean(losses)
}

function dist({ student, teacher, temperature: T }: Sample, inter: number, intra: number): number {
  const [p, q] = [teacher.map((row) => softmax(row, T)), student.map((row) => softmax(row, T))]
  const over = (a: Rows, b: Rows) => mean(a.map((row, index) => 1 - correlation(row, b[index]!)))
  return T ** 2 * (inter * over(p, q) + intra * over(transposed(p), transposed(q)))
}

/** Over the teacher's k likeliest classes, and one for all others. */
function topK({ student, teacher, temperature: T }: Sample, k: number): number {
  const divergences = student.map((row, index) => {
    const order = teacher[index]!.map((_, place) => place).sort((a, b) => teacher[index]![b]! - teacher[index]![a]!)
    const kept = (z: number[]) => {
      const p = softmax(z, T)
      const top = order.slice(0, k).map((place) => p[place]!)
      return [...top, order.slice(k).reduce((sum, place) => sum + p[place]!, 0)]
    }
    return kl(kept(teacher[index]!), kept(row))
  })
  return T ** 2 * mean(divergences)
}

function uld({ student, teacher, temperature: T }: Sample): number {
  const sorted = (z: number[], classes: number) =>
    [...softmax(z, T), ...new Array<number>(classes - z.length).fill(0)].sort((a, b) => b - a)
  const distances = student.map((row, index) => {
    const classes = Math.max(row.length, teacher[index]!.length)
    const theirs = sorted(teacher[index]!, classes)
    return sorted(row, classes).reduce((sum, p, rank) => sum + Math.abs(p - theirs[rank]!), 0)
  })
  return T * mean(distances)
}

const references: [string, ResolvedObjective, (sample: Sample) => number][] = [
  ['soft targets', { type: 'soft-targets', weight: 1, standardise: false }, softTargets],
  ['soft targets twice', { type: 'soft-targets', weight: 2, standardise: false }, (sample) => 2 * softTargets(sample)],
  [
    'soft targets of standardised logits',
    { type: 'soft-targets', weight: 1, standardise: true },
    (sample) =>
      softTargets({
        ...sample,
        student: sample.student.map(standardised),
        teacher: sample.teacher.map(standardised),
      }),
  ],
  [
    'regression of the logits',
    { type: 'logit-mse', weight: 1 },
    ({ student, teacher }) =>
      mean(student.map((row, s) => row.reduce((sum, value, k) => sum + (value - teacher[s]![k]!) ** 2, 0) / 2)),
  ],
  ['DKD', { type: 'dkd', weight: 1, alpha: 1, beta: 8 }, (sample) => dkd(sample, 1, 8)],
  ['DKD, other weights', { type: 'dkd', weight: 0.5, alpha: 2, beta: 0 }, (sample) => 0.5 * dkd(sample, 2, 0)],
  ['DIST', { type: 'dist', weight: 1, inter: 1, intra: 1 }, (sample) => dist(sample, 1, 1)],
  ['DIST, other weights', { type: 'dist', weight: 1, inter: 2, intra: 0.5 }, (sample) => dist(sample, 2, 0.5)],
  ['reverse KL', { type: 'reverse-kl', weight: 1 }, (sample) => divergences(sample, (p, q) => kl(q, p))],
  ['JSD', { type: 'jsd', weight: 1, beta: 0.5 }, (sample) => divergences(sample, jsd(0.5))],
  ['JSD, uneven', { type: 'jsd', weight: 1, beta: 0.1 }, (sample) => divergences(sample, jsd(0.1))],
  ['JSD at 0', { type: 'jsd', weight: 1, beta: 0 }, softTargets],
  ['JSD at 1', { type: 'jsd', weight: 1, beta: 1 }, (sample) => divergences(sample, (p, q) => kl(q, p))],
  ['the likeliest class', { type: 'top-k', weight: 1, k: 1 }, (sample) => topK(sample, 1)],
  ['the likeliest classes', { type: 'top-k', weight: 2, k: 2 }, (sample) => 2 * topK(sample, 2)],
  ['all classes but one', { type: 'top-k', weight: 1, k: 3 }, softTargets],
  ['all classes', { type: 'top-k', weight: 1, k: 4 }, softTargets],
  ['ULD', { type: 'uld', weight: 1 }, uld],
  ['ULD, weighted', { type: 'uld', weight: 3 }, (sample) => 3 * uld(sample)],
]

const logLoss = (rows: Rows, targets: Rows): number =>
  mean(rows.map((row, s) => -softmax(row).reduce((sum, p, k) => sum + targets[s]![k]! * Math.log(p), 0)))

const oneHot = (labels: number[], classes: number): Rows =>
  labels.map((label) => Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0)))

const labelReferences: [ResolvedLabelLoss, (rows: Rows, labels: number[]) => number][] = [
  [crossEntropy, (rows, labels) => logLoss(rows, oneHot(labels, rows[0]!.length))],
  [
    { type: 'label-smoothing', epsilon: 0.1 },
    (rows, labels) => {
      const classes = rows[0]!.length
      const smooth = oneHot(labels, classes).map((row) => row.map((value) => 0.9 * value + 0.1 / classes))
      return logLoss(rows, smooth)
    },
  ],
  [
    { type: 'tf-kd', alpha: 0.3, correct: 0.9, temperature: 5 },
    (rows, labels) => {
      const classes = rows[0]!.length
      const virtual = oneHot(labels, classes).map((row) => {
        // p^(1 / T), made to sum to 1.
        const raised = row.map((value) => (value === 1 ? 0.9 : 0.1 / (classes - 1)) ** (1 / 5))
        const sum = raised.reduce((total, value) => total + value, 0)
        return raised.map((value) => value / sum)
      })
      const divergence = mean(rows.map((row, s) => kl(virtual[s]!, softmax(row, 5))))
      return 0.7 * logLoss(rows, oneHot(labels, classes)) + 0.3 * 25 * divergence
    },
  ],
]

const sample: Sample = {
  student: [
    [0.3, -1.2, 2.1, 0.4],
    [1, 0.2, -1, 0.9],
    [-0.7, 0.1, 0.5, 3],
  ],
  teacher: [
    [2, -1, 0.5, 0.3],
    [-3, 0.2, 1, 4],
    [0.1, 1.5, -2, 2.5],
  ],
  labels: [2, 0, 3],
  temperature: 3,
}

/** The soft part alone. */
function softOf(objective: ResolvedObjective[], { student, teacher, labels, temperature }: Sample) {
  return tf.tidy(() => {
    const value = (logits: tf.Tensor2D) =>
      lossOf(
        crossEntropy,
        { logits, labels: tf.tensor1d(labels, 'int32') },
        {
          terms: objective,
          weights: objective.map(() => []),
          features: noFeatures,
          teacherLogits: tf.tensor2d(teacher),
          temperature: tf.scalar(temperature),
          hardWeight: tf.scalar(0),
          softWeight: tf.scalar(1),
          termWeights: objective.map(({ weight }) => tf.scalar(valueAt(weight, 1, 1))),
        },
      ).loss
    return {
      value: value(tf.tensor2d(student)).arraySync(),
      gradient: tf
        .grad((logits) => value(logits as tf.Tensor2D))(tf.tensor2d(student))
        .arraySync() as Rows,
    }
  })
}

// The comparison with the onnx engine leaves its backend active.
beforeEach(async () => {
  await tf.setBackend('cpu')
})

describe.each(references)('%s', (_, objective, reference) => {
  it.each([1, 3])('is what its formula gives, and its gradient what finite differences give, at T = %d', (T) => {
    const at = { ...sample, temperature: T }
    const { value, gradient } = softOf([objective], at)
    expect(value).toBeCloseTo(reference(at), 4)
    const differences = gradientOf((student) => reference({ ...at, student }), sample.student)
    for (const [s, row] of differences.entries()) {
      for (const [k, slope] of row.entries()) expect(gradient[s]![k]).toBeCloseTo(slope, 4)
    }
  })

  it('agrees on the onnx engine with TensorFlow.js', async () => {
    const inputs = {
      logits: given(sample.student),
      teacher: given(sample.teacher),
      labels: { shape: [3], values: Int32Array.from(sample.labels) },
      temperature: { shape: [], values: Float32Array.of(sample.temperature) },
      weights: { shape: [], values: Float32Array.of(0.5) },
    }
    const step = ({ logits, teacher, labels, temperature, weights }: Record<string, tf.Tensor>) => {
      const loss = (z: tf.Tensor) =>
        lossOf(
          crossEntropy,
          { logits: z as tf.Tensor2D, labels: labels as tf.Tensor1D },
          {
            terms: [objective],
            weights: [[]],
            features: noFeatures,
            teacherLogits: teacher as tf.Tensor2D,
            temperature: temperature as tf.Scalar,
            hardWeight: weights as tf.Scalar,
            softWeight: weights as tf.Scalar,
            termWeights: [tf.scalar(valueAt(objective.weight, 1, 1))],
          },
        ).loss
      return { loss: loss(logits!), gradient: tf.grad(loss)(logits!) }
    }
    const expected = await onCpu(step, inputs)
    const outputs = await onEngine(step, inputs)
    for (const [name, values] of Object.entries(expected)) {
      for (const [index, value] of values.entries()) expect(outputs[name]![index]).toBeCloseTo(value, 4)
    }
  })

  it('stays finite for logits of 1,000 that disagree, with a gradient', () => {
    const far = { ...sample, student: sample.student.map((row) => row.map((z) => 1000 * z)), temperature: 1 }
    const { value, gradient } = softOf([objective], far)
    expect(Number.isFinite(value)).toBe(true)
    expect(gradient.flat().every(Number.isFinite)).toBe(true)
  })

  it('stays finite where all logits are equal', () => {
    const flat = sample.student.map((row) => row.map(() => 2))
    const { value, gradient } = softOf([objective], { ...sample, student: flat, teacher: flat })
    expect(Number.isFinite(value)).toBe(true)
    expect(gradient.flat().every(Number.isFinite)).toBe(true)
  })
})

describe('several objectives', () => {
  it('are their weighted sum', () => {
    const two: ResolvedObjective[] = [
      { type: 'soft-targets', weight: 0.5, standardise: false },
      { type: 'logit-mse', weight: 3 },
    ]
    const parts = two.map((objective) => softOf([objective], sample).value)
    expect(softOf(two, sample).value).toBeCloseTo(parts[0]! + parts[1]!, 4)
  })
})

describe.each(labelReferences)('the label loss %j', (labelLoss, reference) => {
  const { student, labels } = sample
  const loss = (logits: tf.Tensor) =>
    lossOf(labelLoss, { logits: logits as tf.Tensor2D, labels: tf.tensor1d(labels, 'int32') }, null).loss

  it('is what its formula gives, and its gradient what finite differences give', () => {
    expect(loss(tf.tensor2d(student)).arraySync()).toBeCloseTo(reference(student, labels), 5)
    const gradient = tf.grad(loss)(tf.tensor2d(student)).arraySync() as Rows
    const differences = gradientOf((rows) => reference(rows, labels), student)
    for (const [s, row] of differences.entries()) {
      for (const [k, slope] of row.entries()) expect(gradient[s]![k]).toBeCloseTo(slope, 5)
    }
  })

  it('agrees on the onnx engine with TensorFlow.js', async () => {
    const inputs = { logits: given(student), labels: { shape: [3], values: Int32Array.from(labels) } }
    const step = (named: Record<string, tf.Tensor>) => {
      const of = (z: tf.Tensor) =>
        lossOf(labelLoss, { logits: z as tf.Tensor2D, labels: named.labels as tf.Tensor1D }, null).loss
      return { loss: of(named.logits!), gradient: tf.grad(of)(named.logits!) }
    }
    const expected = await onCpu(step, inputs)
    const outputs = await onEngine(step, inputs)
    for (const [name, values] of Object.entries(expected)) {
      for (const [index, value] of values.entries()) expect(outputs[name]![index]).toBeCloseTo(value, 5)
    }
  })
})

describe.each(labelReferences)('the label loss %j of blended samples', (labelLoss, reference) => {
  const { student, labels } = sample
  const partners = [1, 0, 2]
  const shares = [0.25, 0.9, 0]
  /** Row by row: the loss of each label alone, by its share. */
  const expected = (rows: Rows) =>
    mean(
      rows.map((row, s) => {
        const [own, other] = [reference([row], [labels[s]!]), reference([row], [partners[s]!])]
        return shares[s]! * own + (1 - shares[s]!) * other
      }),
    )
  const batchOf = (logits: tf.Tensor, labels: tf.Tensor, partnerLabels: tf.Tensor, shares: tf.Tensor) => {
    const mixture = { partnerLabels: partnerLabels as tf.Tensor1D, shares: shares as tf.Tensor1D }
    return { logits: logits as tf.Tensor2D, labels: labels as tf.Tensor1D, mixture }
  }
  const inputs = {
    logits: given(student),
    labels: { shape: [3], values: Int32Array.from(labels) },
    partnerLabels: { shape: [3], values: Int32Array.from(partners) },
    shares: { shape: [3], values: Float32Array.from(shares) },
  }
  const step = (named: Record<string, tf.Tensor>) => {
    const of = (z: tf.Tensor) =>
      lossOf(labelLoss, batchOf(z, named.labels!, named.partnerLabels!, named.shares!), null).loss
    return { loss: of(named.logits!), gradient: tf.grad(of)(named.logits!) }
  }

  it('is that of both labels, by their shares; its gradient what finite differences give', async () => {
    const differences = gradientOf(expected, student)
    for (const outputs of [await onCpu(step, inputs), await onEngine(step, inputs)]) {
      expect(outputs.loss![0]).toBeCloseTo(expected(student), 5)
      for (const [at, slope] of differences.flat().entries()) expect(outputs.gradient![at]).toBeCloseTo(slope, 5)
    }
  })

  it('is the plain one for shares of 1, and that of the partners for shares of 0', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1), (share) => {
        const [logits, own, other] = [
          tf.tensor2d(student),
          tf.tensor1d(labels, 'int32'),
          tf.tensor1d(partners, 'int32'),
        ]
        const blended = lossOf(labelLoss, batchOf(logits, own, other, tf.fill([3], share)), null).loss
        const plain = lossOf(labelLoss, { logits, labels: share === 1 ? own : other }, null).loss
        expect(blended.arraySync()).toBeCloseTo(plain.arraySync(), 5)
      }),
    )
  })
})

describe('the classes of samples', () => {
  const value = (objective: ResolvedObjective, labels: number[]) => softOf([objective], { ...sample, labels }).value

  it('are read by the objectives on logits that say so, and by no others', () => {
    for (const [, objective] of references) {
      const changes = Math.abs(value(objective, sample.labels) - value(objective, [0, 1, 1]))
      if (readsClass[objective.type]) expect(changes).toBeGreaterThan(0.01)
      else expect(changes).toBe(0)
    }
  })
})

describe('label smoothing', () => {
  it('by hand: two classes, epsilon 0.2, logits [ln 3, 0], label 0', () => {
    // Targets [0.9, 0.1], probabilities [3/4, 1/4]: -0.9 ln(3/4) - 0.1 ln(1/4) = ln 4 - 0.9 ln 3.
    const batch = { logits: tf.tensor2d([[Math.log(3), 0]]), labels: tf.tensor1d([0], 'int32') }
    const { loss } = lossOf({ type: 'label-smoothing', epsilon: 0.2 }, batch, null)
    expect(loss.arraySync()).toBeCloseTo(Math.log(4) - 0.9 * Math.log(3), 6)
  })
})

describe('the virtual teacher', () => {
  it('by hand: two classes, T = 2, right with 9/10; its softened odds are sqrt(9) = 3', () => {
    // p^d_T = [3/4, 1/4], p_T = [1/2, 1/2]: KL = 3/4 ln 3 - ln 2, times 4; cross entropy ln 2.
    const batch = { logits: tf.tensor2d([[0, 0]]), labels: tf.tensor1d([0], 'int32') }
    const { loss } = lossOf({ type: 'tf-kd', alpha: 0.25, correct: 0.9, temperature: 2 }, batch, null)
    expect(loss.arraySync()).toBeCloseTo(0.75 * Math.log(2) + 0.25 * 4 * (0.75 * Math.log(3) - Math.log(2)), 6)
  })
})

const logits = fc.double({ min: -8, max: 8, noNaN: true })
const sampleOf = (row: (classes: number) => fc.Arbitrary<number[]>) =>
  fc.tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 3, max: 6 })).chain(([batch, classes]) => {
    const rows = fc.array(row(classes), { minLength: batch, maxLength: batch })
    return fc.record({
      student: rows,
      teacher: rows,
      labels: fc.array(fc.integer({ min: 0, max: classes - 1 }), { minLength: batch, maxLength: batch }),
      temperature: fc.double({ min: 0.5, max: 10, noNaN: true }),
    })
  })
const samples = sampleOf((classes) => fc.array(logits, { minLength: classes, maxLength: classes }))
/** No two logits of a row are equal, so that it has a spread. */
const spread = sampleOf((classes) =>
  fc
    .uniqueArray(fc.integer({ min: -80, max: 80 }), { minLength: classes, maxLength: classes })
    .map((row) => row.map((value) => value / 10)),
)

const divergent: ResolvedObjective[] = [
  { type: 'soft-targets', weight: 1, standardise: false },
  { type: 'soft-targets', weight: 1, standardise: true },
  { type: 'logit-mse', weight: 1 },
  { type: 'dkd', weight: 1, alpha: 1, beta: 8 },
  { type: 'reverse-kl', weight: 1 },
  { type: 'jsd', weight: 1, beta: 0.3 },
]

describe('for whatever logits', () => {
  it.each(divergent)('%j is never negative, and 0 for equal logits', (objective) => {
    fc.assert(
      fc.property(samples, (drawn) => {
        // T^2 magnifies the rounding of float32.
        const slack = 2e-5 * Math.max(1, drawn.temperature ** 2)
        expect(softOf([objective], drawn).value).toBeGreaterThan(-slack)
        expect(Math.abs(softOf([objective], { ...drawn, student: drawn.teacher }).value)).toBeLessThan(slack)
      }),
      { numRuns: 50 },
    )
  })

  it('DKD with alpha 1 and beta 1 - p_y of the teacher is soft targets (equation 5)', () => {
    fc.assert(
      fc.property(samples, (drawn) => {
        const { student, teacher, labels, temperature } = drawn
        // One sample at a time, since beta is the sample's own.
        for (const [index, label] of labels.entries()) {
          const one = { student: [student[index]!], teacher: [teacher[index]!], labels: [label], temperature }
          const beta = 1 - softmax(teacher[index]!, temperature)[label]!
          const decoupled = softOf([{ type: 'dkd', weight: 1, alpha: 1, beta }], one).value
          const slack = 2e-5 * Math.max(1, temperature ** 2)
          expect(Math.abs(decoupled - softTargets(one))).toBeLessThan(slack + 1e-4 * softTargets(one))
        }
      }),
      { numRuns: 50 },
    )
  })

  it('standardised soft targets see neither scale nor shift of the logits', () => {
    const objective: ResolvedObjective = { type: 'soft-targets', weight: 1, standardise: true }
    fc.assert(
      fc.property(spread, fc.double({ min: 0.2, max: 5, noNaN: true }), logits, (drawn, scale, shift) => {
        const moved = { ...drawn, student: drawn.student.map((row) => row.map((z) => scale * z + shift)) }
        const [one, other] = [softOf([objective], drawn).value, softOf([objective], moved).value]
        expect(Math.abs(one - other)).toBeLessThan(1e-3 * Math.max(1, drawn.temperature ** 2))
      }),
      { numRuns: 50 },
    )
  })

  it('DIST sees neither scale nor shift of the predictions, and is symmetric', () => {
    fc.assert(
      fc.property(spread, fc.double({ min: 0.2, max: 5, noNaN: true }), logits, (drawn, scale, shift) => {
        const [a, b] = [tf.tensor2d(drawn.student), tf.tensor2d(drawn.teacher)]
        const distance = pearsonDistance(a, b, 1).arraySync()
        const moved = pearsonDistance(tf.add(tf.mul(a, scale), shift), b, 1).arraySync()
        expect(Math.abs(moved - distance)).toBeLessThan(1e-3)
        expect(Math.abs(pearsonDistance(b, a, 1).arraySync() - distance)).toBeLessThan(1e-5)
        expect(Math.abs(pearsonDistance(a, a, 1).arraySync())).toBeLessThan(1e-5)
      }),
      { numRuns: 50 },
    )
  })

  it('JSD over beta comes to soft targets as beta goes to 0, over 1 - beta to the reverse KL as beta goes to 1', () => {
    const near = 1e-4
    const low = softOf([{ type: 'jsd', weight: 1, beta: near }], sample).value / near
    const high = softOf([{ type: 'jsd', weight: 1, beta: 1 - near }], sample).value / near
    expect(low / softOf([{ type: 'jsd', weight: 1, beta: 0 }], sample).value).toBeCloseTo(1, 1)
    expect(high / softOf([{ type: 'jsd', weight: 1, beta: 1 }], sample).value).toBeCloseTo(1, 1)
  })

  it('JSD of one half is symmetric and at most ln 2', () => {
    fc.assert(
      fc.property(samples, (drawn) => {
        const half: ResolvedObjective = { type: 'jsd', weight: 1, beta: 0.5 }
        const at = { ...drawn, temperature: 1 }
        const one = softOf([half], at).value
        expect(one).toBeLessThan(Math.log(2) + 1e-5)
        const swapped = softOf([half], { ...at, student: at.teacher, teacher: at.student }).value
        expect(Math.abs(one - swapped)).toBeLessThan(1e-5)
      }),
      { numRuns: 50 },
    )
  })

  it('the top of the predictions is at most soft targets, more of it the more classes are told apart', () => {
    fc.assert(
      fc.property(spread, (drawn) => {
        const values = drawn.student[0]!.map((_, k) => softOf([{ type: 'top-k', weight: 1, k: k + 1 }], drawn).value)
        const slack = 1e-4 * Math.max(1, drawn.temperature ** 2, softTargets(drawn))
        for (const [k, value] of values.entries()) {
          expect(value).toBeGreaterThan((values[k - 1] ?? 0) - slack)
        }
        expect(Math.abs(values.at(-1)! - softTargets(drawn))).toBeLessThan(slack)
      }),
      { numRuns: 50 },
    )
  })

  it('the top of the predictions has all classes that are as likely as the last', () => {
    // The teacher's [1/2, 1/4, 1/4] with k = 2, the student's [1/4, 1/4, 1/2].
    const [halved, doubled] = [
      [Math.log(2), 0, 0],
      [0, 0, Math.log(2)],
    ]
    const { value } = softOf([{ type: 'top-k', weight: 1, k: 2 }], {
      student: [doubled],
      teacher: [halved],
      labels: [0],
      temperature: 1,
    })
    expect(value).toBeCloseTo(Math.log(2) / 2 - Math.log(2) / 4, 6)
  })

  it('ULD does not see the names of the classes, is symmetric and at most twice the temperature', () => {
    fc.assert(
      fc.property(spread, fc.infiniteStream(fc.nat()), (drawn, numbers) => {
        const objective: ResolvedObjective = { type: 'uld', weight: 1 }
        const shuffled = (row: number[]) => {
          const keys = row.map(() => numbers.next().value as number)
          const order = row.map((_, place) => place).sort((a, b) => keys[a]! - keys[b]!)
          return order.map((place) => row[place]!)
        }
        const { value } = softOf([objective], drawn)
        const renamed = { ...drawn, student: drawn.student.map(shuffled), teacher: drawn.teacher.map(shuffled) }
        expect(Math.abs(softOf([objective], renamed).value - value)).toBeLessThan(1e-5 * drawn.temperature)
        const swapped = { ...drawn, student: drawn.teacher, teacher: drawn.student }
        expect(Math.abs(softOf([objective], swapped).value - value)).toBeLessThan(1e-5 * drawn.temperature)
        expect(value).toBeLessThan(2 * drawn.temperature + 1e-5)
      }),
      { numRuns: 50 },
    )
  })

  it.each([3, 6])(
    'ULD of a teacher with %d other tokens is the mean over the positions that it has logits of, engine and all',
    async (classes) => {
      const teacher = sample.teacher.map((row) => [...row, 1.2, -0.3].slice(0, classes))
      const of = (keeps: (row: number) => boolean) => ({
        ...sample,
        student: sample.student.filter((_, row) => keeps(row)),
        teacher: teacher.filter((_, row) => keeps(row)),
      })
      const step = (named: Record<string, tf.Tensor>) => {
        const loss = (z: tf.Tensor) =>
          objectives.uld(
            {
              logits: z as tf.Tensor2D,
              labels: tf.tensor1d(sample.labels, 'int32'),
              teacherLogits: named.teacher as tf.Tensor2D,
              aligned: named.aligned as tf.Tensor1D,
              temperature: tf.scalar(sample.temperature),
              features: noFeatures,
            },
            { type: 'uld', weight: 1 },
            [],
          )
        return { loss: loss(named.student!), gradient: tf.grad(loss)(named.student!) }
      }
      const masks = sample.student.flatMap((_, row) => [
        [row],
        sample.student.map((_, at) => at).filter((at) => at !== row),
      ])
      for (const kept of [...masks, []]) {
        const keeps = (row: number) => kept.includes(row)
        const mask = sample.student.map((_, row) => Number(keeps(row)))
        const outputs = await onEngine(step, {
          student: given(sample.student),
          teacher: given(teacher.map((row) => row.toSorted((one, other) => other - one))),
          aligned: { shape: [mask.length], values: Float32Array.from(mask) },
        })
        const left = of(keeps)
        expect(outputs.loss![0]).toBeCloseTo(kept.length === 0 ? 0 : uld(left), 5)
        const differences = gradientOf((student) => uld({ ...left, student }), left.student)
        const expected = sample.student.flatMap((row, at) => (keeps(at) ? differences.shift()! : row.map(() => 0)))
        for (const [index, slope] of expected.entries()) expect(outputs.gradient![index]).toBeCloseTo(slope, 5)
      }
    },
  )

  it.each([3, 6])(
    'ULD compares with a teacher of %d classes where the student has 4, engine and all',
    async (classes) => {
      const teacher = sample.teacher.map((row) => [...row, 1.2, -0.3].slice(0, classes))
      const between = { ...sample, teacher }
      const { value, gradient } = softOf([{ type: 'uld', weight: 1 }], between)
      expect(value).toBeCloseTo(uld(between), 5)
      const differences = gradientOf((student) => uld({ ...between, student }), sample.student).flat()
      for (const [index, slope] of gradient.flat().entries()) expect(slope).toBeCloseTo(differences[index]!, 5)
      const step = (named: Record<string, tf.Tensor>) => {
        const loss = (z: tf.Tensor) =>
          objectives.uld(
            {
              logits: z as tf.Tensor2D,
              labels: tf.tensor1d(sample.labels, 'int32'),
              teacherLogits: named.teacher as tf.Tensor2D,
              temperature: tf.scalar(sample.temperature),
              features: noFeatures,
            },
            { type: 'uld', weight: 1 },
            [],
          )
        return { loss: loss(named.student!), gradient: tf.grad(loss)(named.student!) }
      }
      const outputs = await onEngine(step, { student: given(sample.student), teacher: given(teacher) })
      expect(outputs.loss![0]).toBeCloseTo(value, 5)
      for (const [index, slope] of gradient.flat().entries()) expect(outputs.gradient![index]).toBeCloseTo(slope, 5)
    },
  )
})
