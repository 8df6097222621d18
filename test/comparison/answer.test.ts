// The sentence that answers whether distillation helped.
import { answerSentence, choiceSentence, studentAnswers } from '@retort/schema/comparison/answer'
import { compare } from '@retort/schema/comparison/compare'
import { describe, expect, it } from 'vitest'
import { type Accuracies, sweepOf } from './sweeps.ts'

const points = (share: number) => `${share > 0 ? '+' : ''}${(share * 100).toFixed(2)}`
const say = (sweep: Accuracies) => answerSentence(compare(...sweepOf(sweep)), { points })
const choose = (sweep: Accuracies) => choiceSentence(compare(...sweepOf(sweep)), (best) => best.configuration)

const base = [0.951, 0.949, 0.953, 0.947, 0.95]
/** Each gain with a noise of its own size, since equal differences would prove nothing. */
const by = (gain: number) =>
  base.map((value, seed) => value + gain + [0.0002, -0.0002, 0.0003, -0.0004, 0.0001][seed]! * (1 + 20 * gain))
const student = (model: string, gains: Record<string, number>): Accuracies => ({
  [`${model} scratch`]: { baseline: null, of: base },
  ...Object.fromEntries(
    Object.entries(gains).map(([name, gain]) => [`${model} ${name}`, { baseline: `${model} scratch`, of: by(gain) }]),
  ),
})

describe('the answer', () => {
  it('names what helped, what is not shown, and what hurt', () => {
    const sweep = {
      ...student('a', { T1: 0.004, T4: 0.01 }),
      ...student('b', { T1: 0.0001 }),
      ...student('c', { T1: -0.02 }),
    }
    expect(say(sweep)).toMatch(
      /^Distillation helped a \(2 better of 2 configurations, the best by \+1\.00 points, \+0\.9\d to \+1\.0\d\); it hurt c \(1 worse of 1 configuration, by -2\.00 points, -2\.0\d to -1\.9\d\); it is not shown to help or hurt b \(1 configuration, by \+0\.01 points, -0\.0\d to \+0\.0\d\)\. By paired t tests over 5 seeds, corrected for 4 comparisons;/,
    )
    expect(studentAnswers(compare(...sweepOf(sweep))).map(({ model, helped }) => [model, helped])).toEqual([
      ['a', 'yes'],
      ['b', 'not shown'],
      ['c', 'no: it hurt'],
    ])
  })

  it('counts no baseline of another label loss as distilled, though it is compared', () => {
    const sweep = student('a', { T1: 0.01, smooth: 0.01 })
    sweep['a smooth']!.distilled = false
    const comparison = compare(...sweepOf(sweep))
    expect(comparison.configurations.map(({ gain }) => gain?.verdict ?? null)).toContain('better')
    expect(comparison.comparisons.withBaseline).toBe(2)
    expect(studentAnswers(comparison)).toMatchObject([{ model: 'a', better: 1, most: { configuration: 'a T1' } }])
  })

  it('claims nothing from one seed, and says how to ask for more', () => {
    const one: Accuracies = {
      'a scratch': { baseline: null, of: [0.9] },
      'a T4': { baseline: 'a scratch', of: [0.99] },
    }
    const text = say(one)
    expect(text).toContain('Whether distillation helped is not known')
    expect(text).toContain('"seeds": [1, 2, 3, 4, 5]')
    expect(text).not.toMatch(/better|helped a|\+9/)
    expect(choose(one)).toBe('The order is by the mean accuracy; nothing shows that a T4 is better than the rest.')
  })

  it('waits for seeds that are planned', () => {
    const early: Accuracies = {
      'a scratch': { baseline: null, of: [0.9, null, null] },
      'a T4': { baseline: 'a scratch', of: [0.99, null, null] },
    }
    expect(say(early)).toContain('At least 2 seeds of a configuration and of its baseline must be done.')
  })

  it('knows sweeps with nothing to compare', () => {
    expect(say({})).toBe('Nothing is done yet.')
    expect(say({ a: { baseline: null, of: [0.9] } })).toContain('No distilled student is done')
    expect(say({ a: { baseline: null, of: [0.9, 0.91], distilled: true } })).toContain('"baselines": ["scratch"]')
  })

  it('says among which to choose', () => {
    expect(choose(student('a', { T1: 0.01 }))).toBe('a T1 is better than a scratch.')
    const close = { baseline: 'a scratch', of: by(0.01).toReversed() }
    expect(choose({ ...student('a', { T1: 0.01, T4: -0.02 }), 'a T2': close })).toBe(
      '1 of the other 3 configurations cannot be told from the best, a T1.',
    )
    expect(choose(student('a', { T1: 0.0001 }))).toBe('a scratch is not shown to be worse than a T1.')
    expect(choose({ a: { baseline: null, of: [0.5] } })).toBe('')
  })
})
