import { join } from 'node:path'
import { dump } from 'npyjs'
import { describe, expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { readNpy } from '../../orchestrator/src/data/readNpy.ts'
import { problemOf, split, temporaryFolder, write } from './files.ts'

// Written by NumPy 2.4.6's save and savez_compressed.
const uint8 =
  'k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAQIDBAUGBwgJCgs='
const float32 =
  'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAAwAAAQEAAAIBA'
const int64 =
  'k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAAAAAAAAAAAAAAAgAAAAAAAAA='
const fortran =
  'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAABAQAAAgD8AAIBAAAAAQAAAoEA='
const bigEndian =
  'k05VTVBZAQB2AHsnZGVzY3InOiAnPmk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAABAAAAAg=='
/** x_train = arange(16).reshape(4, 2, 2), y_train = [0, 1, 0, 1], x_test = [[[9, 8], [7, 6]]], y_test = [1]. */
const archive =
  'UEsDBC0AAAAIAAAAIQDrFPpK//////////8LABQAeF90cmFpbi5ucHkBABAAkAAAAAAAAABYAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GiY6CkZApKmjUKtAHuBiYGRiZmFlY+fg5OLm4eXjBwBQSwMELQAAAAgAAAAhAN3hXxT//////////wsAFAB5X3RyYWluLm5weQEAEACgAAAAAAAAAEwAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNpoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaJjqaOgq1ChQALgYoYGRABTA+AFBLAwQtAAAACAAAACEAh66yFf//////////CgAUAHhfdGVzdC5ucHkBABAAhAAAAAAAAABMAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoY6CkZApKmjUKtAHuDi5GBnAwBQSwMELQAAAAgAAAAhAD6aFF7//////////woAFAB5X3Rlc3QubnB5AQAQAIgAAAAAAAAASAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RqGOpo6CrUKFAAuRgYIAABQSwECLQMtAAAACAAAACEA6xT6SlgAAACQAAAACwAAAAAAAAAAAAAAgAEAAAAAeF90cmFpbi5ucHlQSwECLQMtAAAACAAAACEA3eFfFEwAAACgAAAACwAAAAAAAAAAAAAAgAGVAAAAeV90cmFpbi5ucHlQSwECLQMtAAAACAAAACEAh66yFUwAAACEAAAACgAAAAAAAAAAAAAAgAEeAQAAeF90ZXN0Lm5weVBLAQItAy0AAAAIAAAAIQA+mhReSAAAAIgAAAAKAAAAAAAAAAAAAACAAaYBAAB5X3Rlc3QubnB5UEsFBgAAAAAEAAQA4gAAACoCAAAAAA=='

const folder = temporaryFolder()
const bytes = (base64: string) => Buffer.from(base64, 'base64')
const npy = (values: Parameters<typeof dump>[0], dims: number[]) => new Uint8Array(dump(values, dims))

describe('arrays that NumPy wrote', () => {
  it('are read as they were', () => {
    const read = (base64: string) => readNpy(bytes(base64), (message) => new Error(message))
    expect(read(uint8)).toEqual({ dims: [2, 3, 2], values: Uint8Array.from(Array(12).keys()), type: 'uint8' })
    expect(read(float32)).toEqual({ dims: [2, 2], values: Float32Array.of(1.5, -2, 3, 4), type: 'float32' })
    expect(read(int64)).toEqual({ dims: [3], values: BigInt64Array.of(1n, 0n, 2n), type: 'int64' })
    // The first axis goes fastest in the file: 0, 3, 1, 4, 2, 5.
    expect(read(fortran)).toEqual({ dims: [2, 3], values: Float32Array.of(0, 1, 2, 3, 4, 5), type: 'float32' })
    expect(read(bigEndian)).toEqual({ dims: [2], values: Int32Array.of(1, 2), type: 'int32' })
  })

  it('load from an archive, compressed', async () => {
    const file = write(join(folder, 'small.npz'), bytes(archive))
    const names = { trainInputs: 'x_train', trainLabels: 'y_train', testInputs: 'x_test', testLabels: 'y_test' }
    const given = { type: 'npz', file, ...names, layout: 'auto', split, augmentation: 'none' } as const
    const data = await loadDataset(given)
    // Bytes without a channel axis have one channel.
    expect(data).toMatchObject({ inputShape: [2, 2, 1], classes: 2, trainFileSamples: 4, classNames: null })
    expect(data.train.inputs).toEqual(Uint8Array.from(Array(16).keys()))
    expect([...data.train.labels]).toEqual([0, 1, 0, 1])
    expect([...data.test.inputs, ...data.test.labels]).toEqual([9, 8, 7, 6, 1])
    expect(await problemOf({ ...given, testInputs: 'x_val' })).toMatchObject({
      message: `${file}: expected one of its arrays: "x_train", "y_train", "x_test", "y_test", got "x_val"`,
      path: ['testInputs'],
    })
  })
})

const good = {
  trainInputs: npy(Float32Array.of(0, 5, 2, 5, 4, 5, 6, 5), [4, 2]),
  trainLabels: npy(Int32Array.of(0, 1, 0, 1), [4]),
  testInputs: npy(Float32Array.of(1, 5), [1, 2]),
  testLabels: npy(Int32Array.of(1), [1]),
}

let sets = 0
function dataset(changes: Partial<Record<keyof typeof good, Uint8Array>> = {}) {
  const own = join(folder, `set${sets++}`)
  const files = Object.entries({ ...good, ...changes }).map(([key, content]) => [
    key,
    write(join(own, `${key}.npy`), content),
  ])
  return { type: 'npy', ...Object.fromEntries(files), split, augmentation: 'none' }
}

it('float arrays of any shape are standardised by each place of the last axis', async () => {
  const data = await loadDataset(dataset())
  expect(data).toMatchObject({ inputShape: [2], classes: 2, trainFileSamples: 4 })
  const column = [...data.train.indices].map((index) => data.train.inputs[2 * index]!)
  const mean = column.reduce((sum, value) => sum + value, 0) / 3
  const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3
  expect(data.preprocessing!.divisor).toBe(1)
  expect(data.preprocessing!.mean[0]).toBeCloseTo(mean, 12)
  expect(data.preprocessing!.deviation[0]).toBeCloseTo(Math.sqrt(variance), 12)
  // A constant feature becomes zeros, not NaN.
  expect([data.preprocessing!.mean[1], data.preprocessing!.deviation[1]]).toEqual([5, 1])
  const series = {
    trainInputs: npy(new Float32Array(4 * 6), [4, 3, 2]),
    testInputs: npy(new Float32Array(6), [1, 3, 2]),
  }
  expect((await loadDataset(dataset(series))).inputShape).toEqual([3, 2])
})

describe('errors name the file and what is wrong in it', () => {
  it.each([
    [
      'a file that is cut short',
      { trainInputs: good.trainInputs.subarray(0, -4) },
      'trainInputs',
      /expected 32 bytes of float32 for \[4, 2\], got 28/,
    ],
    [
      'one cut within a number',
      { trainInputs: good.trainInputs.subarray(0, -1) },
      'trainInputs',
      /expected 32 bytes of float32 for \[4, 2\], got 31/,
    ],
    [
      'no array at all',
      { testLabels: Buffer.from('PNG is not NumPy') },
      'testLabels',
      /expected a \.npy, \.npz or .*, got/,
    ],
    ['an empty file', { testLabels: Buffer.alloc(0) }, 'testLabels', /expected a \.npy, \.npz or .*, got 0 bytes/],
    [
      'a header that is cut',
      { testLabels: good.testLabels.subarray(0, 60) },
      'testLabels',
      /header that ends after 60/,
    ],
    [
      'NaN',
      { trainInputs: npy(Float32Array.of(0, 5, 2, 5, 4, Number.NaN, 6, 5), [4, 2]) },
      'trainInputs',
      /record 3: expected finite numbers, got NaN/,
    ],
    [
      'a negative label',
      { trainLabels: npy(Int32Array.of(0, 1, -1, 1), [4]) },
      'trainLabels',
      /record 3: expected a label from 0 to 65535, got -1/,
    ],
    [
      'a test label that never trained',
      { testLabels: npy(BigInt64Array.of(7n), [1]) },
      'testLabels',
      /labels below 2.*, got 7/,
    ],
    [
      'inputs without features',
      { trainInputs: npy(new Float32Array(4), [4]) },
      'trainInputs',
      /\[n, features\].*got \[4\]/,
    ],
    [
      'test inputs of another shape',
      { testInputs: npy(new Float32Array(3), [1, 3]) },
      'testInputs',
      /inputs of 2 as in .*, got 3/,
    ],
    [
      'test inputs of another type',
      { testInputs: npy(new Uint8Array(2), [1, 2]) },
      'testInputs',
      /expected float32 as in .*, got uint8/,
    ],
    [
      'too few labels',
      { trainLabels: npy(Int32Array.of(0, 1), [2]) },
      'trainLabels',
      /expected labels \[4\].*, got \[2\]/,
    ],
  ] as const)('%s', async (_, changes, key, message) => {
    const given = dataset(changes)
    const problem = await problemOf(given)
    expect(problem.path).toEqual([key])
    expect(problem.message).toMatch(message)
    expect(problem.message).toContain(given[key as keyof typeof given])
  })

  it('a file that is not there, an archive that is none or is cut short', async () => {
    const nowhere = join(folder, 'nowhere.npy')
    expect(await problemOf({ ...dataset(), testInputs: nowhere })).toMatchObject({
      message: `${nowhere}: no such file`,
    })
    const names = { trainInputs: 'x', trainLabels: 'y', testInputs: 'x', testLabels: 'y' }
    for (const content of [bytes(archive).subarray(0, -30), Buffer.from('no archive')]) {
      const file = write(join(folder, 'bad.npz'), content)
      const { message } = await problemOf({ type: 'npz', file, ...names, split, augmentation: 'none' })
      expect(message).toContain(`${file}: expected a`)
      expect(message).toMatch(/expected an archive as numpy\.savez writes it: |expected a \.npy, \.npz or /)
    }
  })
})
