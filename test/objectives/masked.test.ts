// Every objective on logits where the teacher leaves classes out: value and gradient are float64's, on TensorFlow.js and
// on the onnx engine, for the usual masks and temperatures from a thousandth to a thousand.
import '@tensorflow/tfjs-layers'
import '@tensorflow/tfjs-backend-cpu'
import type { CompiledStep, Step } from '@retort/orchestrator/engine/engine'
import type { ResolvedObjective } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { lossOf } from '../../orchestrator/src/objectives/loss.ts'
import { allowsMasks } from '../../orchestrator/src/trial/masks.ts'
import { engine, onCpu, signatures, valuesOf } from '../engine/compare.ts'
import { given, gradientOf, mean, noFeatures, type Rows, type Sample, standardised, transposed } from './reference.ts'
import { crossEntropy } from './softOf.ts'

const masks = [-1e4, -1e9, Number.NEGATIVE_INFINITY, -3.4028234663852886e38]
const temperatures = [1e-3, 0.05, 1, 4, 1e3]
const batch = 4

/** The log-probabilities; a class that is masked for good has a logarithm, too, so that 0 times it is 0. */
function logs(row: number[], T: number): number[] {
  const largest = Math.max(...row)
  const scaled = row.map((z) => Math.max((z - largest) / T, -1e30))
  const log = Math.log(scaled.reduce((sum, value) => sum + Math.exp(value), 0))
  return scaled.map((value) => value - log)
}

const klOfLogs = (p: number[], q: number[]) => p.reduce((sum, log, k) => sum + Math.exp(log) * (log - q[k]!), 0)
const logOfSum = (...parts: number[]) => {
  const largest = Math.max(...parts)
  return largest + Math.log(parts.reduce((sum, part) => sum + Math.exp(part - largest), 0))
}

type Divergence = (p: number[], q: number[], label: number) => number
const averaged =
  (of: Divergence) =>
  ({ student, teacher, labels, temperature: T }: Sample) =>
    T ** 2 * mean(student.map((row, s) => of(logs(teacher[s]!, T), logs(row, T), labels[s]!)))

const jsd = (beta: number) =>
  averaged((p, q) => {
    const m = p.map((log, k) => logOfSum(log + Math.log(beta), q[k]! + Math.log(1 - beta)))
    return beta * klOfLogs(p, m) + (1 - beta) * klOfLogs(q, m)
  })

const dkd = (alpha: number, beta: number) =>
  averaged((p, q, label) => {
    const others = (row: number[]) => row.filter((_, k) => k !== label)
    const two = (row: number[]) => [row[label]!, logOfSum(...others(row))]
    return alpha * klOfLogs(two(p), two(q)) + beta * klOfLogs(logs(others(p), 1), logs(others(q), 1))
  })

const topK = (k: number) =>
  averaged((p, q) => {
    const least = p.toSorted((a, b) => b - a)[k - 1]!
    const kept = (row: number[]) => {
      const rest = row.filter((_, at) => p[at]! < least)
      return [...row.filter((_, at) => p[at]! >= least), ...(rest.length > 0 ? [logOfSum(...rest)] : [])]
    }
    return klOfLogs(kept(p), kept(q))
  })

/** Pearson's distance; 1 where one of them does not vary, with the objective's own least length. */
function dist({ student, teacher, temperature: T }: Sample): number {
  const [p, q] = [teacher, student].map((rows) => rows.map((row) => logs(row, T).map(Math.exp))) as [Rows, Rows]
  const unit = (row: number[]) => {
    const middle = mean(row)
    const length = Math.sqrt(row.reduce((sum, value) => sum + (value - middle) ** 2, 1e-12))
    return row.map((value) => (value - middle) / length)
  }
  const distance = (a: Rows, b: Rows) => {
    const [as, bs] = [a.map(unit), b.map(unit)]
    return mean(as.map((row, s) => 1 - row.reduce((sum, value, k) => sum + value * bs[s]![k]!, 0)))
  }
  return T ** 2 * (distance(p, q) + distance(transposed(p), transposed(q)))
}

const sortedProbabilities = (row: number[], T: number) =>
  logs(row, T)
    .map(Math.exp)
    .sort((a, b) => b - a)

function uld({ student, teacher, temperature: T }: Sample): number {
  const distances = student.map((row, s) => {
    const theirs = sortedProbabilities(teacher[s]!, T)
    return sortedProbabilities(row, T).reduce((sum, p, rank) => sum + Math.abs(p - theirs[rank]!), 0)
  })
  return T * mean(distances)
}

const softTargets = averaged(klOfLogs)
const weight = 1
const references: [ResolvedObjective, (sample: Sample) => number][] = [
  [{ type: 'soft-targets', weight, standardise: false }, softTargets],
  [
    { type: 'soft-targets', weight, standardise: true },
    (sample) =>
      softTargets({
        ...sample,
        student: sample.student.map(standardised),
        teacher: sample.teacher.map(standardised),
      }),
  ],
  [
    { type: 'logit-mse', weight },
    ({ student, teacher }) =>
      mean(student.map((row, s) => row.reduce((sum, z, k) => sum + (z - teacher[s]![k]!) ** 2, 0) / 2)),
  ],
  [{ type: 'dkd', weight, alpha: 1, beta: 8 }, dkd(1, 8)],
  [{ type: 'dist', weight, inter: 1, intra: 1 }, dist],
  [{ type: 'reverse-kl', weight }, averaged((p, q) => klOfLogs(q, p))],
  [{ type: 'jsd', weight, beta: 0.5 }, jsd(0.5)],
  [{ type: 'jsd', weight, beta: 0.9 }, jsd(0.9)],
  [{ type: 'jsd', weight, beta: 0 }, softTargets],
  [{ type: 'jsd', weight, beta: 1 }, averaged((p, q) => klOfLogs(q, p))],
  [{ type: 'top-k', weight, k: 1 }, topK(1)],
  [{ type: 'top-k', weight, k: 2 }, topK(2)],
  [{ type: 'uld', weight }, uld],
]

const stepOf =
  (objective: ResolvedObjective): Step =>
  ({ student, teacher, labels, temperature }) => {
    const loss = (logits: tf.Tensor) =>
      lossOf(
        crossEntropy,
        { logits: logits as tf.Tensor2D, labels: labels as tf.Tensor1D },
        {
          terms: [objective],
          weights: [[]],
          features: noFeatures,
          teacherLogits: teacher as tf.Tensor2D,
          temperature: temperature as tf.Scalar,
          hardWeight: tf.scalar(0),
          softWeight: tf.scalar(1),
          termWeights: [tf.scalar(1)],
        },
      ).soft!
    return { loss: loss(student!), gradient: tf.grad(loss)(student!) }
  }

const inputsOf = ({ student, teacher, labels, temperature }: Sample) => ({
  student: given(student),
  teacher: given(teacher),
  labels: { shape: [labels.length], values: Int32Array.from(labels) },
  temperature: { shape: [], values: Float32Array.of(temperature) },
})

const samples = (classes: number, mask: number) => {
  // No two are equal, at which some objectives have no slope.
  const row = fc
    .uniqueArray(fc.integer({ min: -80, max: 80 }), { minLength: classes, maxLength: classes })
    .map((row) => row.map((value) => value / 10))
  const rows = fc.array(row, { minLength: batch, maxLength: batch })
  // At least one class is left; of the last sample one alone.
  const left = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: classes - 1 }),
      fc.array(fc.boolean(), { minLength: classes, maxLength: classes }),
    ),
    { minLength: batch, maxLength: batch },
  )
  return fc
    .record({
      student: rows,
      teacher: rows,
      left,
      labels: fc.array(fc.integer({ min: 0, max: classes - 1 }), { minLength: batch, maxLength: batch }),
      temperature: fc.constantFrom(...temperatures).map(Math.fround),
      scale: fc.constantFrom(1, 1000),
      // Whether the student masks them, too.
      alike: fc.boolean(),
    })
    .map(({ student, teacher, left, scale, alike, ...others }) => {
      const masked = (rows: Rows) =>
        rows.map((row, s) =>
          row.map((z, k) => {
            const [one, some] = left[s]!
            return k === one || (s < batch - 1 && some[k]) ? z : Math.fround(mask)
          }),
        )
      const scaled = student.map((row) => row.map((z) => Math.fround(scale * z)))
      return { ...others, student: alike ? masked(scaled) : scaled, teacher: masked(teacher) }
    })
}

interface Rounding {
  value: number
  slope: number
}

const usual = (T: number, weights = 1): Rounding => ({ value: weights * T ** 2, slope: weights * T })

/** How much of float32's rounding of a probability the results have, where it is not what divergences have. */
const roundings: { [Type in ResolvedObjective['type']]?: (sample: Sample) => Rounding } = {
  // Two divergences, weighted 1 and 8.
  dkd: ({ temperature }) => usual(temperature, 9),
  // Divided by the spread of the predictions.
  dist: ({ student, teacher, temperature: T }) => {
    const rows = [student, teacher].map((some) => some.map((row) => logs(row, T).map(Math.exp)))
    const vectors = rows.flatMap((some) => [...some, ...transposed(some)])
    const spread = Math.max(1e-6, Math.min(...vectors.map((row) => Math.max(...row) - Math.min(...row))))
    return { value: T ** 2 / spread, slope: T ** 2 / spread ** 2 }
  },
  // Without a slope where two probabilities are equal.
  uld: ({ student, teacher, temperature: T }) => {
    const gaps = student.flatMap((row, s) => {
      const theirs = sortedProbabilities(teacher[s]!, T)
      return sortedProbabilities(row, T).map((p, rank) => Math.abs(p - theirs[rank]!))
    })
    return { value: T, slope: gaps.some((gap) => gap > 0 && gap < 1e-4) ? Number.POSITIVE_INFINITY : T }
  },
}

const steps: CompiledStep[] = []
afterAll(() => {
  for (const step of steps) step.dispose()
})

describe.each(references)('%j', (objective, reference) => {
  describe.each(masks.filter((mask) => mask > -1e15 || allowsMasks(objective)))('masked at %d', (mask) => {
    it.each([2, 5])('of %d classes', async (classes) => {
      const step = stepOf(objective)
      const arbitrary = samples(classes, mask)
      const own = await engine()
      await tf.setBackend('retort')
      const compiled = await own.compile(step, signatures(inputsOf(fc.sample(arbitrary, 1)[0]!)))
      steps.push(compiled)
      await fc.assert(
        fc.asyncProperty(arbitrary, async (sample) => {
          const inputs = inputsOf(sample)
          const T = sample.temperature
          const value = reference(sample)
          const size = Math.abs(value)
          const slopes = gradientOf((student) => reference({ ...sample, student }), sample.student, 1e-6 * T).flat()
          // What float32's rounding of z / T makes of a probability, next to it.
          const left = sample.student.flat().filter((z) => z > -9000)
          const noise = 2e-7 * (1 + Math.max(...left.map(Math.abs), 8) / T)
          const rounding = roundings[objective.type]?.(sample) ?? usual(T)
          const steepest = Math.max(...slopes.map(Math.abs))
          for (const { loss, gradient } of [await onCpu(step, inputs), await compiled.run(valuesOf(inputs))]) {
            expect(Number.isFinite(loss![0])).toBe(true)
            expect(Math.abs(loss![0]! - value)).toBeLessThan(noise * (rounding.value + size))
            expect([...gradient!].every(Number.isFinite)).toBe(true)
            for (const [at, slope] of slopes.entries()) {
              expect(Math.abs(gradient![at]! - slope)).toBeLessThan(noise * (rounding.slope + size / T + steepest))
            }
          }
        }),
        { numRuns: 12 },
      )
    })
  })
})
