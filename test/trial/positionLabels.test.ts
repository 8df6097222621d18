// What a sample with a label of each position is to batches and scores.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { below, stream } from '../../orchestrator/src/data/random.ts'
import { transferSet } from '../../orchestrator/src/data/transferSet.ts'
import { batchFiller } from '../../orchestrator/src/trial/batches.ts'
import { calibrationError } from '../../orchestrator/src/trial/calibration.ts'
import { agreement, classesOf, scoreOf } from '../../orchestrator/src/trial/evaluate.ts'
import { length, tagged } from './sentences.ts'

describe('with a label of each position', () => {
  const tags = tagged()

  it('samples are counted and gathered whole, beside the teacher’s logits', () => {
    expect(tags).toMatchObject({ trainFileSamples: 700, labelShape: [length] })
    expect(tags.train.indices.length).toBe(640)
    const teacherLogits = Float32Array.from({ length: 700 * length * 2 }, (_, at) => at)
    const fill = batchFiller({ data: tags, batchSize: 2, seed: 1, masks: [], teacherLogits })
    const batch = fill(Int32Array.of(9, 3), 0, 0)
    const rows = <T>(all: ArrayLike<T>, width: number) =>
      [9, 3].flatMap((sample) => Array.from(all).slice(sample * width, (sample + 1) * width))
    expect([...batch.images!]).toEqual(rows(tags.train.inputs, length))
    expect(batch.images).toBeInstanceOf(Int32Array)
    expect([...batch.labels!]).toEqual(rows(tags.train.labels, length))
    expect([...batch.teacherLogits!]).toEqual(rows(teacherLogits, 2 * length))
  })

  it('scores count the positions that have one', () => {
    const draw = fc.record({
      labels: fc.array(fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 4, maxLength: 4 }), {
        minLength: 2,
        maxLength: 5,
      }),
      seed: fc.integer(),
    })
    fc.assert(
      fc.property(draw, ({ labels, seed }) => {
        labels[0]![0] = 1
        const next = stream('logits', seed)
        const draws = () => Float32Array.from({ length: labels.length * 12 }, () => below(1000, next) / 100)
        const [logits, others] = [draws(), draws()]
        // Samples of a file, in another order.
        const indices = Int32Array.from(labels.keys()).reverse()
        const samples = { inputs: new Int32Array(), labels: Int32Array.from(labels.flat()), indices }
        const rows = [...indices].flatMap((sample, place) =>
          labels[sample]!.map((label, position) => {
            const at = (place * 4 + position) * 3
            const [own, theirs] = [logits, others].map((all) => [...all.subarray(at, at + 3)]) as [number[], number[]]
            const sum = own.reduce((total, logit) => total + Math.exp(logit), 0)
            const named = (row: number[]) => row.indexOf(Math.max(...row))
            const loss = Math.log(sum) - own[label]!
            return { label, loss, named: named(own), other: named(theirs) }
          }),
        )
        const counted = rows.filter(({ label }) => label >= 0)
        const share = (holds: (row: (typeof rows)[number]) => boolean) => counted.filter(holds).length / counted.length
        const { loss, accuracy } = scoreOf(logits, samples, 3)
        expect(loss).toBeCloseTo(counted.reduce((sum, row) => sum + row.loss, 0) / counted.length, 4)
        expect(accuracy).toBeCloseTo(
          share(({ label, named }) => label === named),
          9,
        )
        expect(agreement(logits, others, samples, 3)).toBeCloseTo(
          share(({ named, other }) => named === other),
          9,
        )
        const perClass = classesOf(logits, samples, 3)
        expect(perClass.samples).toEqual([0, 1, 2].map((of) => counted.filter(({ label }) => label === of).length))
        expect(perClass.correct.reduce((sum, right) => sum + right, 0)).toBe(Math.round(accuracy * counted.length))
        // Twice the same samples are calibrated as once.
        const twice = { ...samples, indices: Int32Array.from([...indices, ...indices]) }
        const both = Float32Array.from([...logits, ...logits])
        expect(calibrationError(both, twice, 3)).toBeCloseTo(calibrationError(logits, samples, 3), 9)
      }),
    )
  })

  it('no classes are left out of training', () => {
    expect(transferSet(tags, [])).toBe(tags)
    expect(() => transferSet(tags, [1])).toThrow('expected data whose samples have one class each, got labels of [12]')
  })
})
