import { branchFor, definition, follow } from '@retort/orchestrator/spec/schema'
import { augmentations } from '@retort/schema/definitions/augmentations'
import type { ResolvedAugmentation } from '@retort/schema/trial'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { viewer } from '../../orchestrator/src/data/augment/augment.ts'
import type { Samples } from '../../orchestrator/src/data/data.ts'
import { gatherer, viewGatherer } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { digits } from '../trial/fixture.ts'
import { problemOf } from './files.ts'

type Step = ResolvedAugmentation['steps'][number]

const [height, width, channels] = [5, 4, 2]
const size = height * width * channels
const augmentation = (...steps: Step[]): ResolvedAugmentation => ({ steps, views: 8, for: 'all', seed: 3 })
/** Bytes that tell samples, places and channels apart; none is 0. */
const samples: Samples = {
  inputs: Uint8Array.from({ length: 6 * size }, (_, at) => 1 + ((at * 37) % 251)),
  labels: Int32Array.of(0, 1, 0, 1, 0, 1),
  indices: Int32Array.of(0, 1, 2, 3, 4, 5),
}
const data = {
  inputShape: [height, width, channels],
  preprocessing: { divisor: 255, mean: [0.25, 0.75], deviation: [0.5, 0.125] },
  labelShape: [],
  train: samples,
}
const original = (index: number) =>
  Array.from(samples.inputs.subarray(index * size, (index + 1) * size), (byte) => Math.fround(byte / 255))
const pixel = (image: ArrayLike<number>, row: number, column: number) =>
  Array.from({ length: channels }, (_, channel) => image[(row * width + column) * channels + channel]!)
const places = Array.from({ length: height }, (_, row) =>
  Array.from({ length: width }, (_, column) => [row, column] as const),
).flat()
/** An image made pixel by pixel. */
const imageOf = (of: (row: number, column: number) => number[]) => places.flatMap(([row, column]) => of(row, column))

/** Many views of the first samples, as lists of numbers. */
function views(...steps: Step[]): { index: number; image: number[] }[] {
  const view = viewer(augmentation(...steps), data)
  return Array.from({ length: 300 }, (_, at) => ({
    index: at % 6,
    image: [...view(samples, at % 6, Math.floor(at / 6))],
  }))
}

const steps = augmentations
  .filter(({ blends }) => !blends)
  .map(({ type, pixels }) => {
    const branch = branchFor(definition('AugmentationStep'), { type })!
    const settings = Object.entries(branch.properties!).map(([name, setting]) => {
      // A length that fits the image.
      return [name, pixels.includes(name) ? 2 : follow(setting).examples![0]]
    })
    return Object.fromEntries(settings) as Step
  })

describe.each(steps)('views by %j', (step) => {
  it('are of the image’s size, other than it, and the same when they are drawn again', () => {
    const first = views(step)
    for (const { image } of first) expect(image.every(Number.isFinite) && image.length === size).toBe(true)
    expect(first.some(({ index, image }) => String(image) !== String(original(index)))).toBe(true)
    expect(views(step)).toEqual(first)
  })
})

describe('views of an image', () => {
  it.each([
    ['crop', { type: 'crop', padding: 2 }],
    ['shift', { type: 'shift', pixels: 2 }],
  ] as const)('%s: it is moved by up to two pixels each way, all ways equally', (type, step) => {
    const counts = new Map<string, number>()
    for (const { index, image } of views(step)) {
      const from = original(index)
      const clamp = (place: number, length: number) => Math.min(length - 1, Math.max(0, place))
      const moves = Array.from({ length: 25 }, (_, at) => [Math.floor(at / 5) - 2, (at % 5) - 2] as const)
      const found = moves.filter(([down, right]) => {
        const expected = imageOf((row, column) => {
          const [y, x] = [row - down, column - right]
          const outside = y < 0 || y >= height || x < 0 || x >= width
          if (outside && type === 'crop') return [0, 0]
          return pixel(from, clamp(y, height), clamp(x, width))
        })
        return expected.every((value, at) => value === image[at])
      })
      expect(found.length).toBe(1)
      counts.set(String(found[0]), (counts.get(String(found[0])) ?? 0) + 1)
    }
    // 25 ways, 12 times each expected; chi-squared with 24 degrees of freedom stays below 51.2 with probability 0.999.
    expect(counts.size).toBe(25)
    expect([...counts.values()].reduce((sum, count) => sum + (count - 12) ** 2 / 12, 0)).toBeLessThan(51.2)
  })

  it('flip: half of them are mirrored, left and right', () => {
    let mirrored = 0
    for (const { index, image } of views({ type: 'flip' })) {
      const from = original(index)
      const mirror = imageOf((row, column) => pixel(from, row, width - 1 - column))
      if (String(image) === String(mirror)) mirrored++
      else expect(image).toEqual(from)
    }
    // 150 expected; five standard deviations are 43.
    expect(Math.abs(mirrored - 150)).toBeLessThan(43)
  })

  it('jitter: contrast about the image’s mean, then brightness, within their bounds', () => {
    const found = views({ type: 'jitter', brightness: 0.3, contrast: 0.5 }).map(({ index, image }) => {
      const from = original(index)
      const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / size
      // The mean is only made brighter, differences have both factors.
      const b = mean(image) / mean(from)
      const c = (image[0]! - image[1]!) / (from[0]! - from[1]!) / b
      for (const at of places.keys()) expect(image[at]).toBeCloseTo((mean(from) + c * (from[at]! - mean(from))) * b, 4)
      return [b, c] as const
    })
    const within = (values: number[], bound: number) => {
      expect(Math.min(...values)).toBeGreaterThan(1 - bound - 1e-4)
      expect(Math.max(...values)).toBeLessThan(1 + bound + 1e-4)
      // Uniform: 300 draws leave the outer tenth of either side empty with probability 0.95^300.
      expect(Math.min(...values)).toBeLessThan(1 - 0.9 * bound)
      expect(Math.max(...values)).toBeGreaterThan(1 + 0.9 * bound)
    }
    within(
      found.map(([b]) => b),
      0.3,
    )
    within(
      found.map(([, c]) => c),
      0.5,
    )
  })

  it('noise: normal, of the deviation that was asked for', () => {
    const differences = views({ type: 'noise', deviation: 0.1 }).flatMap(({ index, image }) => {
      const from = original(index)
      return image.map((value, at) => (value - from[at]!) / 0.1)
    })
    const moment = (power: number) => differences.reduce((sum, value) => sum + value ** power, 0) / differences.length
    // Of 12,000 normal numbers; five standard errors each: 5 / sqrt(n) times 1, sqrt(2), sqrt(15), sqrt(96).
    const error = 5 / Math.sqrt(differences.length)
    expect(Math.abs(moment(1))).toBeLessThan(error)
    expect(Math.abs(moment(2) - 1)).toBeLessThan(error * Math.sqrt(2))
    expect(Math.abs(moment(3))).toBeLessThan(error * Math.sqrt(15))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(error * Math.sqrt(96))
  })

  it('cutout: a square around any pixel has the mean, the rest is as it was', () => {
    const middles = new Set<string>()
    for (const { index, image } of views({ type: 'cutout', size: 3 })) {
      const from = original(index)
      const found = places.filter(([y, x]) => {
        const expected = imageOf((row, column) =>
          Math.abs(row - y) <= 1 && Math.abs(column - x) <= 1 ? [0.25, 0.75] : pixel(from, row, column),
        )
        return expected.every((value, at) => value === image[at])
      })
      expect(found.length).toBe(1)
      middles.add(String(found[0]))
    }
    expect(middles.size).toBe(height * width)
  })

  it('follow one another in the order that is written', () => {
    // The square is covered first, then moved.
    const moved = views({ type: 'cutout', size: 5 }, { type: 'crop', padding: 3 })
    expect(
      moved.some(({ image }) => places.some(([row, column]) => String(pixel(image, row, column)) === '0.25,0.75')),
    ).toBe(true)
    const covered = views({ type: 'noise', deviation: 0.1 }, { type: 'cutout', size: 3 })
    for (const { image } of covered) {
      expect(places.some(([row, column]) => String(pixel(image, row, column)) === '0.25,0.75')).toBe(true)
    }
  })
})

describe('which view is drawn', () => {
  const steps: Step[] = [{ type: 'crop', padding: 2 }, { type: 'flip' }, { type: 'noise', deviation: 0.1 }]

  it('depends on seed, sample and view alone: not on what was drawn before', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.nat(7), fc.array(fc.tuple(fc.nat(5), fc.nat(7))), (index, number, before) => {
        const view = viewer(augmentation(...steps), data)
        for (const [other, of] of before) view(samples, other, of)
        const once = [...view(samples, index, number)]
        expect([...viewer(augmentation(...steps), data)(samples, index, number)]).toEqual(once)
      }),
    )
    const drawn = [3, 4].flatMap((seed) => {
      const view = viewer({ ...augmentation({ type: 'noise', deviation: 1 }), seed }, data)
      return Array.from({ length: 48 }, (_, at) => String(view(samples, at % 6, Math.floor(at / 6))))
    })
    expect(new Set(drawn).size).toBe(96)
  })

  it('is gathered standardised, beside its label; without augmentation it is the sample', () => {
    const indices = Int32Array.of(4, 1)
    const [inputs, labels] = [new Float32Array(2 * size), new Int32Array(2)]
    const { mean, deviation } = data.preprocessing
    viewGatherer({ ...data, augmentation: augmentation(...steps) })(samples, indices, 5, inputs, labels)
    expect([...labels]).toEqual([0, 1])
    for (const [place, index] of indices.entries()) {
      const view = viewer(augmentation(...steps), data)(samples, index, 5)
      for (const [at, value] of view.entries()) {
        const channel = at % channels
        expect(inputs[place * size + at]).toBeCloseTo((value - mean[channel]!) / deviation[channel]!, 4)
      }
    }
    const plain = new Float32Array(2 * size)
    gatherer(data)(samples, indices, plain, labels)
    viewGatherer({ ...data, augmentation: null })(samples, indices, 5, inputs, labels)
    expect(inputs).toEqual(plain)
  })
})

describe('an augmentation', () => {
  it('is part of the data’s hash', async () => {
    const given = [
      'none' as const,
      augmentation({ type: 'flip' }),
      augmentation({ type: 'crop', padding: 1 }),
      { ...augmentation({ type: 'flip' }), seed: 4 },
      { ...augmentation({ type: 'flip' }), views: 4 },
    ]
    const hashes = await Promise.all(
      given.map(async (each) => (await loadDataset({ ...digits(), augmentation: each })).hash),
    )
    expect(new Set(hashes).size).toBe(given.length)
  })

  it('needs images, and no more pixels than they have', async () => {
    const wide = augmentation({ type: 'flip' }, { type: 'crop', padding: 29 })
    expect(await problemOf({ ...digits(), augmentation: wide })).toMatchObject({
      message: 'expected at most 28 pixels for images of 28 x 28, got 29',
      path: ['augmentation', 'steps', '1', 'padding'],
    })
  })
})
