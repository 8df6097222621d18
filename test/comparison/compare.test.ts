// The comparison of configurations against naive loops over the same replicates, and what holds for all sweeps.
import { type Configuration, compare, type Replicate } from '@retort/schema/comparison/compare'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { twoSidedNaively } from './naive.ts'
import { type Accuracies, sweepOf } from './sweeps.ts'

const verdictOf = (sweep: Accuracies, name: string) => compared(sweep).find((each) => each.configuration === name)!
const compared = (sweep: Accuracies) => compare(...sweepOf(sweep)).configurations

/** A base student, one distillation that helps for sure, one that hurts, one that does neither. */
const clear: Accuracies = {
  'tiny baseline': { baseline: null, of: [0.951, 0.949, 0.953, 0.947, 0.95] },
  'tiny good': { baseline: 'tiny baseline', of: [0.9612, 0.9594, 0.9631, 0.9568, 0.9605] },
  'tiny bad': { baseline: 'tiny baseline', of: [0.9405, 0.9392, 0.9427, 0.9371, 0.9398] },
  'tiny same': { baseline: 'tiny baseline', of: [0.952, 0.948, 0.9536, 0.9462, 0.9499] },
}

describe('against the baseline', () => {
  it('judges what helped, what hurt, and what is not shown to do either', () => {
    expect(verdictOf(clear, 'tiny good').gain).toMatchObject({ verdict: 'better' })
    expect(verdictOf(clear, 'tiny bad').gain).toMatchObject({ verdict: 'worse' })
    expect(verdictOf(clear, 'tiny same').gain).toMatchObject({ verdict: 'no difference shown' })
    expect(verdictOf(clear, 'tiny baseline').gain).toBeNull()
  })

  it('pairs by seed: what a seed brings to both sides is no noise', () => {
    const seeds = [0.1, -0.2, 0.3, -0.1, 0.2]
    const paired: Accuracies = {
      'a baseline': { baseline: null, of: seeds.map((by) => 0.5 + by) },
      a: { baseline: 'a baseline', of: seeds.map((by, index) => 0.51 + by + 0.0002 * index) },
    }
    expect(verdictOf(paired, 'a').gain!.verdict).toBe('better')
    const unpaired = { ...paired, a: { baseline: 'a baseline', of: paired.a!.of.toReversed() } }
    expect(verdictOf(unpaired, 'a').gain!.verdict).toBe('no difference shown')
  })

  it('says too few seeds where fewer than two pairs are done', () => {
    const one: Accuracies = {
      'a baseline': { baseline: null, of: [0.9] },
      a: { baseline: 'a baseline', of: [0.95] },
      b: { baseline: 'a baseline', of: [0.85] },
    }
    const result = compare(...sweepOf(one))
    expect(result.configurations.map(({ gain }) => gain?.verdict)).toEqual([
      'too few seeds',
      undefined,
      'too few seeds',
    ])
    expect(result).toMatchObject({ bestIsTested: false, comparisons: { withBaseline: 0, withBest: 0 } })
    expect(result.configurations.every(({ amongBest }) => amongBest)).toBe(true)
    expect(result.configurations[0]!.gain!.validation).toMatchObject({ n: 1, interval: null })
  })

  it('leaves out replicates that failed, and those whose baseline did', () => {
    const sweep: Accuracies = {
      'a baseline': { baseline: null, of: [null, 0.91, 0.9, 0.92] },
      a: { baseline: 'a baseline', of: [0.99, 0.93, null, 0.942] },
    }
    const a = verdictOf(sweep, 'a')
    expect(a.points.map(({ seed, gain }) => [seed, gain && Number(gain.toFixed(6))])).toEqual([
      [1, null],
      [2, 0.02],
      [4, 0.022],
    ])
    expect(a.validation).toMatchObject({ n: 3, mean: expect.closeTo((0.99 + 0.93 + 0.942) / 3, 12) })
    expect(a.gain!.validation).toMatchObject({ n: 2, mean: expect.closeTo(0.021, 12) })
    const allFailed = { ...sweep, 'a baseline': { baseline: null, of: [null, null, null, null] } }
    expect(verdictOf(allFailed, 'a').gain).toMatchObject({
      validation: null,
      significance: null,
      verdict: 'too few seeds',
    })
  })

  it('makes nothing of two seeds that gain the same by accident', () => {
    const sweep: Accuracies = {
      'a baseline': { baseline: null, of: [0.9, 0.91] },
      a: { baseline: 'a baseline', of: [0.902, 0.912] },
    }
    const { gain } = verdictOf(sweep, 'a')
    expect(gain).toMatchObject({ verdict: 'no difference shown', significance: { test: 'Welch' } })
    expect(gain!.validation!.interval).toBeNull()
  })

  it('has no gain in a sweep without baselines', () => {
    const sweep: Accuracies = { a: { baseline: null, of: [0.9, 0.91], distilled: true } }
    expect(verdictOf(sweep, 'a')).toMatchObject({ role: 'student', gain: null })
  })

  it('takes no notice of the test split', () => {
    const [configurations, replicates] = sweepOf(clear)
    const odd = replicates.map((each) => ({ ...each, testAccuracy: 1 - each.testAccuracy! }))
    const judged = (rows: Replicate[]) =>
      compare(configurations, rows).configurations.map(({ configuration, gain, amongBest }) => [
        configuration,
        gain?.verdict,
        amongBest,
      ])
    expect(judged(odd)).toEqual(judged(replicates))
  })
})

describe('against the best', () => {
  it('is a set, not a winner', () => {
    const sweep: Accuracies = {
      a: { baseline: null, of: [0.951, 0.949, 0.953, 0.947, 0.95] },
      b: { baseline: null, of: [0.952, 0.948, 0.9536, 0.9462, 0.9499] },
      c: { baseline: null, of: [0.9405, 0.9392, 0.9427, 0.9371, 0.9398] },
    }
    expect(compared(sweep).map(({ configuration, amongBest }) => [configuration, amongBest])).toEqual([
      ['a', true],
      ['b', true],
      ['c', false],
    ])
  })

  it('falls back to Welch where no two seeds are shared', () => {
    const sweep: Accuracies = {
      a: { baseline: null, of: [0.951, 0.949, 0.953, null, null, null] },
      b: { baseline: null, of: [null, null, null, 0.902, 0.9, 0.8988] },
      c: { baseline: null, of: [null, null, 0.5, null, null, null] },
    }
    const [a, b, c] = compared(sweep)
    expect([a!.behind, b!.behind!.test, c!.behind]).toEqual([null, 'Welch', null])
    // One seed alone shows nothing, however bad it looks.
    expect([a!.amongBest, b!.amongBest, c!.amongBest]).toEqual([true, false, true])
  })

  it('ranks the smaller of equals first', () => {
    const [configurations, replicates] = sweepOf({
      a: { baseline: null, of: [0.9, 0.92] },
      b: { baseline: null, of: [0.92, 0.9] },
    })
    const sized = configurations.map((each) => ({ ...each, parameters: each.configuration === 'a' ? 20 : 10 }))
    expect(compare(sized, replicates).configurations[0]!.configuration).toBe('b')
  })
})

const share = fc.integer({ min: 0, max: 500 }).map((right) => right / 500)
const column = (n: number) => fc.array(fc.option(share, { freq: 6 }), { minLength: n, maxLength: n })
const arbitrary: fc.Arbitrary<Accuracies> = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  .chain(([seeds, count]) =>
    fc
      .tuple(column(seeds), fc.array(column(seeds), { minLength: count, maxLength: count }))
      .map(([baseline, others]) => ({
        base: { baseline: null, of: baseline },
        ...Object.fromEntries(others.map((of, index) => [`c${index}`, { baseline: 'base', of }])),
      })),
  )

describe('all sweeps', () => {
  it('agree with naive loops', () => {
    fc.assert(
      fc.property(arbitrary, (sweep) => {
        const result = compared(sweep)
        const raw: { name: string; p: number | null; mean: number }[] = []
        for (const [name, { baseline, of }] of Object.entries(sweep)) {
          if (baseline === null) continue
          const differences: number[] = []
          for (let seed = 0; seed < of.length; seed++) {
            const other = sweep[baseline]!.of[seed]
            if (of[seed] != null && other != null) differences.push(of[seed]! - other)
          }
          if (differences.length < 2) continue
          let mean = 0
          for (const each of differences) mean += each / differences.length
          let variance = 0
          for (const each of differences) variance += (each - mean) ** 2 / (differences.length - 1)
          // Where all differences are equal the test is another one; it has tests of its own.
          const equal = Math.sqrt(variance) < 1e-9
          const p = equal
            ? null
            : twoSidedNaively(mean / Math.sqrt(variance / differences.length), differences.length - 1)
          raw.push({ name, p, mean })
        }
        for (const { name, p, mean } of raw) {
          const { gain } = result.find(({ configuration }) => configuration === name)!
          if (p !== null) expect(gain!.significance!.p).toBeCloseTo(p, 5)
          expect(gain!.significance!.test === 'paired t').toBe(p !== null)
          expect(gain!.validation!.mean).toBeCloseTo(mean, 10)
          if (gain!.verdict === 'better') expect(mean).toBeGreaterThan(0)
          if (gain!.verdict === 'worse') expect(mean).toBeLessThan(0)
          // Bonferroni is stricter than Holm, no correction at all more lenient.
          if (p !== null && p * raw.length < 0.0499) expect(gain!.verdict).not.toBe('no difference shown')
          if (p !== null && p > 0.0501) expect(gain!.verdict).toBe('no difference shown')
        }
        const judged = result.filter(({ gain }) => gain !== null && gain.verdict !== 'too few seeds')
        expect(judged.map(({ configuration }) => configuration).sort()).toEqual(raw.map(({ name }) => name).sort())
      }),
    )
  })

  it('hold the best in its own set, first in an order by the mean', () => {
    fc.assert(
      fc.property(arbitrary, (sweep) => {
        const result = compared(sweep)
        const means = result.map(({ validation }) => validation.mean)
        expect(means).toEqual(means.toSorted((a, b) => b - a))
        if (result[0] !== undefined) expect(result[0]).toMatchObject({ amongBest: true, behind: null })
      }),
    )
  })

  it('do not change with the order of rows', () => {
    fc.assert(
      fc.property(arbitrary, fc.infiniteStream(fc.nat()), (sweep, keys) => {
        const [configurations, replicates] = sweepOf(sweep)
        const shuffle = <T>(all: T[]) =>
          all
            .map((value) => ({ value, key: keys.next().value! }))
            .sort((a, b) => a.key - b.key)
            .map(({ value }) => value)
        expect(compare(shuffle(configurations), shuffle(replicates))).toEqual(compare(configurations, replicates))
      }),
    )
  })

  const moved = (sweep: Accuracies, by: (seed: number) => number): Accuracies =>
    Object.fromEntries(
      Object.entries(sweep).map(([name, { baseline, of }]) => [
        name,
        { baseline, of: of.map((value, seed) => (value === null ? null : value + by(seed))) },
      ]),
    )
  const rounded = (value: number) => Math.round(value * 1e6) + 0

  it('keep gains and p values when a seed is worth the same more to all', () => {
    const gains = (of: Accuracies) =>
      Object.fromEntries(
        compared(of).map(({ configuration, gain }) => [
          configuration,
          gain && [
            gain.validation && rounded(gain.validation.mean),
            // Where all differences are equal the spread of each side decides.
            gain.significance?.test === 'paired t' ? rounded(gain.significance.p) : null,
          ],
        ]),
      )
    fc.assert(
      fc.property(arbitrary, fc.array(share, { minLength: 6, maxLength: 6 }), (sweep, shifts) => {
        expect(gains(moved(sweep, (seed) => shifts[seed]!))).toEqual(gains(sweep))
      }),
    )
  })

  it('keep verdicts when all is worth the same more', () => {
    // By name: equal means may come in another order.
    const judged = (of: Accuracies) =>
      Object.fromEntries(compared(of).map(({ configuration, gain }) => [configuration, gain?.verdict]))
    fc.assert(
      fc.property(arbitrary, share, (sweep, by) => {
        const shifted = moved(sweep, () => by)
        expect(judged(shifted)).toEqual(judged(sweep))
        expect(compare(...sweepOf(shifted)).comparisons).toEqual(compare(...sweepOf(sweep)).comparisons)
      }),
    )
  })
})

it('ignores teachers', () => {
  const [configurations, replicates] = sweepOf(clear)
  const teacher: Configuration = { configuration: 't', role: 'teacher', model: 'big', planned: 1, parameters: 9 }
  const own = { trial: 't 1', configuration: 't', seed: 1, baselineTrial: null, validationAccuracy: 1, testAccuracy: 1 }
  expect(compare([teacher, ...configurations], [own, ...replicates])).toEqual(compare(configurations, replicates))
})
