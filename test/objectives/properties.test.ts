// What must hold of objectives on logits, whatever the logits.
import '@tensorflow/tfjs-layers'
import '@tensorflow/tfjs-backend-cpu'
import type { ResolvedObjective } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { pearsonDistance } from '../../orchestrator/src/objectives/dist.ts'
import { objectives } from '../../orchestrator/src/objectives/objectives.ts'
import { onEngine } from '../engine/compare.ts'
import { given, gradientOf, noFeatures, sample, softmax, softTargets, uld } from './reference.ts'
import { softOf } from './softOf.ts'

// The comparison with the onnx engine leaves its backend active.
beforeEach(async () => {
  await tf.setBackend('cpu')
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
