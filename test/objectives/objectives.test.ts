// Every objective on logits: its value against its paper's formula in plain JavaScript, its gradient against finite
// differences of that, and the onnx engine against TensorFlow.js.
import '@tensorflow/tfjs-layers'
import '@tensorflow/tfjs-backend-cpu'
import { objectiveFacts } from '@retort/schema/definitions/objectives'
import type { ResolvedObjective } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { lossOf } from '../../orchestrator/src/objectives/loss.ts'
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
  sample,
  softmax,
  softTargets,
  standardised,
  transposed,
  uld,
} from './reference.ts'
import { crossEntropy, softOf } from './softOf.ts'

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

describe('the classes of samples', () => {
  const value = (objective: ResolvedObjective, labels: number[]) => softOf([objective], { ...sample, labels }).value

  it('are read by the objectives on logits that say so, and by no others', () => {
    for (const [, objective] of references) {
      const changes = Math.abs(value(objective, sample.labels) - value(objective, [0, 1, 1]))
      if (objectiveFacts(objective.type).readsClasses) expect(changes).toBeGreaterThan(0.01)
      else expect(changes).toBe(0)
    }
  })
})
