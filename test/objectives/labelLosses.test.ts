// Every label loss, of plain and of blended samples: its value against its formula in plain JavaScript, its gradient
// against finite differences of that, and the onnx engine against TensorFlow.js.
import '@tensorflow/tfjs-layers'
import '@tensorflow/tfjs-backend-cpu'
import type { ResolvedLabelLoss } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { lossOf } from '../../orchestrator/src/objectives/loss.ts'
import { onCpu, onEngine } from '../engine/compare.ts'
import { given, gradientOf, kl, mean, type Rows, sample, softmax } from './reference.ts'

const logLoss = (rows: Rows, targets: Rows): number =>
  mean(rows.map((row, s) => -softmax(row).reduce((sum, p, k) => sum + targets[s]![k]! * Math.log(p), 0)))

const oneHot = (labels: number[], classes: number): Rows =>
  labels.map((label) => Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0)))

const labelReferences: [ResolvedLabelLoss, (rows: Rows, labels: number[]) => number][] = [
  [{ type: 'cross-entropy' }, (rows, labels) => logLoss(rows, oneHot(labels, rows[0]!.length))],
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

// The comparison with the onnx engine leaves its backend active.
beforeEach(async () => {
  await tf.setBackend('cpu')
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

it.each([-1e4, -1e9, -1e20])('label losses of a student that masks a class at %d are float64’s', (mask) => {
  const rows = [
    [1.5, -0.25, mask, 0.5],
    [2, 0, mask, -3],
  ]
  const labels = [0, 3]
  const logs = (row: number[], T = 1) => {
    const largest = Math.max(...row)
    const log = largest / T + Math.log(row.reduce((sum, z) => sum + Math.exp((z - largest) / T), 0))
    return row.map((z) => z / T - log)
  }
  const losses: [ResolvedLabelLoss, (row: number[], label: number) => number][] = [
    [{ type: 'cross-entropy' }, (row, label) => -logs(row)[label]!],
    [{ type: 'label-smoothing', epsilon: 0.1 }, (row, label) => -0.9 * logs(row)[label]! - 0.1 * mean(logs(row))],
    [
      { type: 'tf-kd', alpha: 0.5, correct: 0.9, temperature: 2 },
      (row, label) => {
        const virtual = logs(
          row.map((_, k) => Math.log(k === label ? 0.9 : 0.1 / 3)),
          2,
        )
        const divergence = virtual.reduce((sum, log, k) => sum + Math.exp(log) * (log - logs(row, 2)[k]!), 0)
        return -0.5 * logs(row)[label]! + 0.5 * 4 * divergence
      },
    ],
  ]
  for (const [labelLoss, reference] of losses) {
    const of = (logits: tf.Tensor) =>
      lossOf(labelLoss, { logits: logits as tf.Tensor2D, labels: tf.tensor1d(labels, 'int32') }, null).loss
    const expected = mean(rows.map((row, s) => reference(row, labels[s]!)))
    expect(of(tf.tensor2d(rows)).arraySync() / expected).toBeCloseTo(1, 5)
    const gradient = tf.grad(of)(tf.tensor2d(rows)).arraySync() as Rows
    expect(gradient.flat().every(Number.isFinite)).toBe(true)
  }
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
