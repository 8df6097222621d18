import { describe, expect, it } from 'vitest'
import type { Data } from '../../orchestrator/src/data/data.ts'
import { gatherRows } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { batchFiller, epochOrder, fillMask } from '../../orchestrator/src/trial/batches.ts'
import { toHalves } from '../../orchestrator/src/trial/halves.ts'
import { digits } from './fixture.ts'

describe('the order of an epoch', () => {
  const indices = Int32Array.from({ length: 100 }, (_, index) => index * 3)

  it('holds every sample once, by its place in the file', () => {
    expect(epochOrder(indices, 1, 1).toSorted()).toEqual(indices)
  })

  it('depends on seed and epoch only', () => {
    expect(epochOrder(indices, 1, 2)).toEqual(epochOrder(indices, 1, 2))
    const orders = [
      [1, 1],
      [1, 2],
      [2, 1],
      [11, 1],
      [1, 11],
    ].map(([seed, epoch]) => epochOrder(indices, seed!, epoch!).join())
    expect(new Set(orders).size).toBe(orders.length)
  })
})

describe('a dropout mask', () => {
  const mask = { name: 'dense1_dropout', rate: 0.25, shape: [1000] }
  const draw = (seed: number, step: number, given = mask) => {
    const out = new Float32Array(64000)
    fillMask(out, given, seed, step)
    return out
  }

  it('has the rate’s share of zeros and keeps the mean', () => {
    const values = draw(1, 1)
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.75)]))
    // Five standard deviations of a share of 64,000 draws: 5 * sqrt(0.25 * 0.75 / 64000) = 0.0086.
    expect(Math.abs(values.filter((value) => value === 0).length / values.length - 0.25)).toBeLessThan(0.0086)
  })

  it('is redrawn the same, and differs between steps, seeds and layers', () => {
    expect(draw(1, 5)).toEqual(draw(1, 5))
    const draws = [draw(1, 5), draw(1, 6), draw(2, 5), draw(1, 5, { ...mask, name: 'features_dropout' })]
    expect(new Set(draws.map((values) => values.subarray(0, 200).join())).size).toBe(4)
  })
})

it('a batch brings each sample with its own label and its own teacher’s logits', async () => {
  const data = await loadDataset(digits())
  const teacherLogits = Float32Array.from({ length: data.trainFileSamples * 10 }, (_, index) => index)
  const fill = batchFiller({ data, batchSize: 3, seed: 1, masks: [], teacherLogits })
  const places = Int32Array.of(999, 0, 500)
  const { images, labels, teacherLogits: taught } = fill(places, 0, 0)
  expect([...labels!]).toEqual([...places].map((place) => data.train.labels[place]))
  expect([...taught!]).toEqual([...places].flatMap((place) => Array.from({ length: 10 }, (_, of) => place * 10 + of)))
  const pixel = (place: number, at: number) =>
    (data.train.inputs[place * 784 + at]! / 255 - data.preprocessing!.mean[0]!) / data.preprocessing!.deviation[0]!
  for (const [row, place] of places.entries()) {
    for (const at of [0, 300, 407, 783]) expect(images![row * 784 + at]).toBeCloseTo(pixel(place, at), 5)
  }
})

it('a batch brings each position the row that its teacher of other tokens has, and says where there is none', () => {
  const positions = { labelShape: [2], inputShape: [2], vocabulary: 9, classes: 9, trainFileSamples: 3 }
  const numbers = Int32Array.of(1, 2, 3, 4, 5, 6)
  const samples = { inputs: numbers, labels: numbers, indices: Int32Array.of(0, 1, 2) }
  const data = { ...positions, train: samples, preprocessing: null, augmentation: null } as unknown as Data
  const alignment = { rows: Int32Array.of(-1, 0, 1, -1, -1, 2), classes: 3 }
  const teacherLogits = toHalves(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9))
  const fill = batchFiller({ data, batchSize: 2, seed: 1, masks: [], teacherLogits, alignment })
  const taken = (...places: number[]) => {
    const { teacherLogits: taught, aligned } = fill(Int32Array.from(places), 0, 0)
    return [[...taught!], [...aligned!]]
  }
  expect(taken(2, 0)).toEqual([
    [0, 0, 0, 7, 8, 9, 0, 0, 0, 1, 2, 3],
    [0, 1, 0, 1],
  ])
  // What the batch before has left is gone.
  expect(taken(1, 1)).toEqual([
    [4, 5, 6, 0, 0, 0, 4, 5, 6, 0, 0, 0],
    [1, 0, 1, 0],
  ])
})

it('rows are copied by their numbers', () => {
  const out = new Float32Array(4)
  gatherRows(Float32Array.of(0, 1, 10, 11, 20, 21), 2, Int32Array.of(2, 0), out)
  expect([...out]).toEqual([20, 21, 0, 1])
})
