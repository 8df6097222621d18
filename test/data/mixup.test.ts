// Samples blended in pairs: the blend against a loop in plain JavaScript, who is blended with whom, and the law of the
// shares.
import type { ResolvedAugmentation } from '@retort/schema/trial'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { viewer } from '../../orchestrator/src/data/augment/augment.ts'
import { mixer, symmetricBeta } from '../../orchestrator/src/data/augment/mixup.ts'
import { mixtureGatherer, viewGatherer } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { stream } from '../../orchestrator/src/data/random.ts'
import { transferSet } from '../../orchestrator/src/data/transferSet.ts'
import { digits } from '../trial/fixture.ts'

const mixup = (alpha = 1) => ({ type: 'mixup' as const, alpha })
const alone: ResolvedAugmentation = {
  steps: [{ type: 'shift', pixels: 2 }, { type: 'flip' }],
  views: 4,
  for: 'all',
  seed: 7,
}
const blended = (alpha = 1): ResolvedAugmentation => ({ ...alone, steps: [...alone.steps, mixup(alpha)] })
const partners = Int32Array.of(3, 5, 8, 13, 21, 34)

describe('a number ~ Beta(alpha, alpha)', () => {
  const draw = (alpha: number, count: number) => {
    const next = stream('a test of betas', alpha)
    return Array.from({ length: count }, () => symmetricBeta(alpha, next))
  }
  /**
   * The distribution function by the trapezoidal rule. With u = t^alpha the integrand t^(alpha - 1) (1 - t)^(alpha - 1)
   * dt is (1 - u^(1 / alpha))^(alpha - 1) du / alpha, which is smooth up to t = 1/2; beyond, it is the mirror image.
   */
  const half = (alpha: number, x: number, points = 400) => {
    const of = (u: number) => (1 - u ** (1 / alpha)) ** (alpha - 1)
    const width = x ** alpha / points
    let sum = (of(0) + of(x ** alpha)) / 2
    for (let at = 1; at < points; at++) sum += of(at * width)
    return (sum * width) / alpha
  }
  const integrated = (alpha: number) => {
    const whole = 2 * half(alpha, 0.5)
    return (x: number) => (x <= 0.5 ? half(alpha, x) / whole : 1 - half(alpha, 1 - x) / whole)
  }

  it.each<[number, (x: number) => number]>([
    [0.2, integrated(0.2)],
    // The arcsine law, the uniform one, and a polynomial.
    [0.5, (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x))],
    [1, (x) => x],
    [2, (x) => 3 * x ** 2 - 2 * x ** 3],
    [2, integrated(2)],
    [7.5, integrated(7.5)],
  ])('has its distribution for alpha %d', (alpha, distribution) => {
    const drawn = draw(alpha, 10_000).sort((a, b) => a - b)
    // Kolmogorov and Smirnov: the distance times sqrt(n) stays below 1.95 with probability 0.999.
    const distances = drawn.map((value, rank) => {
      const expected = distribution(value)
      return Math.max(Math.abs((rank + 1) / drawn.length - expected), Math.abs(rank / drawn.length - expected))
    })
    expect(Math.max(...distances) * Math.sqrt(drawn.length)).toBeLessThan(1.95)
  })

  it('has mean 1/2 and variance 1 / (4 (2 alpha + 1)), whatever alpha', () => {
    for (const alpha of [0.05, 0.2, 1, 3, 50]) {
      const drawn = draw(alpha, 10_000)
      const variance = 1 / (4 * (2 * alpha + 1))
      const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length
      const found = drawn.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / drawn.length
      // Five standard errors; (l - 1/2)^2 is at most 1/4, so that its variance is at most variance / 4.
      expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(variance / drawn.length))
      expect(Math.abs(found - variance)).toBeLessThan(5 * Math.sqrt(variance / 4 / drawn.length))
    }
  })

  it('is from 0 to 1 even where uniform numbers or alpha are at their ends', () => {
    const [lowest, highest] = [0, 2 ** 32 - 1]
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(1e-300, 1e-9, 1e9, 1e300), fc.double({ min: 1e-3, max: 1e3, noNaN: true })),
        fc.array(fc.oneof(fc.constantFrom(lowest, highest), fc.nat(highest)), { minLength: 2, maxLength: 2 }),
        (alpha, numbers) => {
          const share = symmetricBeta(alpha, () => numbers.pop() as number)
          expect(share).toBeGreaterThanOrEqual(0)
          expect(share).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})

describe('who is blended with whom', () => {
  const { index, view, seed } = { index: fc.nat(60_000), view: fc.nat(1000), seed: fc.nat(2 ** 32 - 1) }

  it('follows from seed, sample and view alone', () => {
    fc.assert(
      fc.property(seed, index, view, fc.array(fc.tuple(index, view)), (seed, index, view, before) => {
        const mix = mixer({ ...blended(), seed }, partners)!
        for (const [other, of] of before) mix(other, of)
        const mixture = mix(index, view)
        expect(mixer({ ...blended(), seed }, partners)!(index, view)).toEqual(mixture)
        expect([...partners]).toContain(mixture.partner)
        expect(mixture.share).toBeGreaterThanOrEqual(0)
        expect(mixture.share).toBeLessThanOrEqual(1)
        expect(Math.fround(mixture.share)).toBe(mixture.share)
      }),
    )
    const shares = [7, 8].flatMap((seed) => {
      const mix = mixer({ ...blended(), seed }, partners)!
      return Array.from({ length: 40 }, (_, at) => mix(Math.floor(at / 4), at % 4).share)
    })
    expect(new Set(shares).size).toBe(80)
  })

  it('is any sample of the training split, as likely', () => {
    const mix = mixer(blended(), partners)!
    const counts = new Map<number, number>()
    for (let sample = 0; sample < 6000; sample++) {
      const { partner } = mix(sample, sample % 4)
      counts.set(partner, (counts.get(partner) ?? 0) + 1)
    }
    // 1,000 each expected; chi-squared with 5 degrees of freedom stays below 20.5 with probability 0.999.
    expect(counts.size).toBe(6)
    expect([...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(20.5)
  })

  it('is nobody where there is no such step', () => {
    expect(mixer(alone, partners)).toBeNull()
    expect(mixtureGatherer({ augmentation: null, train: {} as never })).toBeNull()
  })
})

describe('blended digits', () => {
  it('are what a loop over pixels gives of both views, with both labels', async () => {
    const data = await loadDataset({ ...digits(), augmentation: blended(0.4) })
    const { inputShape, preprocessing, train } = data
    const { mean, deviation } = preprocessing!
    const single = viewer(alone, { inputShape, preprocessing: preprocessing!, train })
    // Of the whole file, as a teacher's logits are.
    const places = Int32Array.from({ length: data.trainFileSamples }, (_, place) => place)
    const [images, labels] = [new Float32Array(places.length * 784), new Int32Array(places.length)]
    const [partnerLabels, shares] = [new Int32Array(places.length), new Float32Array(places.length)]
    const seen: string[] = []
    for (const view of [0, 3]) {
      viewGatherer(data)(train, places, view, images, labels)
      mixtureGatherer(data)!(places, view, partnerLabels, shares)
      const mix = mixer(blended(0.4), train.indices)!
      let farthest = 0
      for (const place of places) {
        const { partner, share } = mix(place, view)
        expect([...train.indices]).toContain(partner)
        expect(labels[place]).toBe(train.labels[place])
        expect(partnerLabels[place]).toBe(train.labels[partner])
        expect(shares[place]).toBe(share)
        const own = [...single(train, place, view)]
        const other = [...single(train, partner, view)]
        for (let pixel = 0; pixel < 784; pixel++) {
          const value = share * own[pixel]! + (1 - share) * other[pixel]!
          const expected = (value - mean[0]!) / deviation[0]!
          farthest = Math.max(farthest, Math.abs(images[place * 784 + pixel]! - expected))
        }
      }
      expect(farthest).toBeLessThan(1e-5)
      seen.push(images.join())
    }
    expect(seen[0]).not.toBe(seen[1])
  })

  it('keep the changes of each image as they are without the blending', async () => {
    const data = await loadDataset({ ...digits(), augmentation: blended() })
    const viewed = { inputShape: data.inputShape, preprocessing: data.preprocessing!, train: data.train }
    // Shares that are all but 0 or 1 leave one of both as it is.
    const extreme = viewer(blended(1e-9), viewed)
    const mix = mixer(blended(1e-9), data.train.indices)!
    for (let place = 0; place < 50; place++) {
      const { partner, share } = mix(place, 1)
      expect([0, 1]).toContain(share)
      const blend = [...extreme(data.train, place, 1)]
      expect(blend).toEqual([...viewer(alone, viewed)(data.train, share === 1 ? place : partner, 1)])
    }
  })

  it('are other data for another alpha', async () => {
    const hashes = await Promise.all(
      [alone, blended(), blended(0.2)].map(
        async (augmentation) => (await loadDataset({ ...digits(), augmentation })).hash,
      ),
    )
    expect(new Set(hashes).size).toBe(3)
  })

  it('have partners of every class, which a transfer set without some would not', async () => {
    const data = await loadDataset({ ...digits(), augmentation: blended() })
    expect(() => transferSet(data, [3])).toThrow('training.omitClasses: expected none beside mixup')
    expect(transferSet(data, [])).toBe(data)
  })
})
