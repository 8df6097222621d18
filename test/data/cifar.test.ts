// The files have their real sizes, which are part of what is checked; what stands in them is made up.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { problemOf, temporaryFolder, write } from './files.ts'

const root = temporaryFolder()
const split = { train: 100, validation: 50, test: 20, seed: 0 } as const

/** The byte of a sample's pixel: any function that tells places, channels and samples apart. */
const byteAt = (sample: number, channel: number, pixel: number) => (sample * 7 + channel * 101 + pixel * 13) % 256

function records(count: number, labels: (sample: number) => number[], first = 0): Buffer {
  const size = labels(0).length + 3072
  const bytes = Buffer.alloc(count * size)
  for (let record = 0; record < count; record++) {
    const sample = first + record
    bytes.set(labels(sample), record * size)
    const start = (record + 1) * size - 3072
    for (let at = 0; at < 3072; at++) bytes[start + at] = byteAt(sample, Math.floor(at / 1024), at % 1024)
  }
  return bytes
}

const cifar10 = join(root, 'cifar-10')
for (let part = 0; part < 5; part++) {
  write(
    join(cifar10, `data_batch_${part + 1}.bin`),
    records(10000, (sample) => [sample % 10], part * 10000),
  )
}
write(
  join(cifar10, 'test_batch.bin'),
  records(10000, (sample) => [(sample + 3) % 10]),
)
const ten = { type: 'cifar-10', folder: cifar10, split, augmentation: 'none' } as const

describe('CIFAR-10', () => {
  it('has its batches one after the other, and pixels with their channels together', async () => {
    const data = await loadDataset(ten)
    expect(data).toMatchObject({ inputShape: [32, 32, 3], classes: 10, classNames: null, trainFileSamples: 50000 })
    expect([0, 9999, 10000, 49999].map((sample) => data.train.labels[sample])).toEqual([0, 9, 0, 9])
    expect(data.test.labels[0]).toBe(3)
    for (const [sample, row, column, channel] of [
      [0, 0, 0, 0],
      [1, 2, 3, 1],
      [49999, 31, 31, 2],
      [31234, 17, 5, 0],
    ] as const) {
      const byte = data.train.inputs[sample * 3072 + (row * 32 + column) * 3 + channel]
      expect(byte).toBe(byteAt(sample, channel, row * 32 + column))
    }
  })

  it('reads the classes’ names that come with it', async () => {
    const path = join(cifar10, 'batches.meta.txt')
    const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']
    writeFileSync(path, `${names.join('\n')}\n\n`)
    expect((await loadDataset(ten)).classNames).toEqual(names)
    writeFileSync(path, 'airplane\n')
    expect((await problemOf(ten)).message).toBe(`${path}: expected 10 names, one a line, got 1`)
    rmSync(path)
  })

  it('names the file and the record of what is wrong', async () => {
    const path = join(cifar10, 'data_batch_4.bin')
    const good = readFileSync(path)
    const bad = Buffer.from(good)
    bad[3073 * 41] = 10
    writeFileSync(path, bad)
    expect(await problemOf(ten)).toMatchObject({
      message: `${path}: record 42: expected a label below 10, got 10`,
      path: ['folder'],
    })
    writeFileSync(path, good.subarray(0, -1))
    expect((await problemOf(ten)).message).toBe(`${path}: expected 30730000 bytes, 10000 records of 3073, got 30729999`)
    rmSync(path)
    expect((await problemOf(ten)).message).toBe(`${path}: no such file`)
    writeFileSync(path, good)
    const around = join(root, 'around')
    write(join(around, 'cifar-10-batches-py', 'data_batch_1'), '')
    expect((await problemOf({ ...ten, folder: around })).message).toBe(
      `${around}: expected the binary version's data_batch_1.bin, data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, ` +
        `data_batch_5.bin, test_batch.bin, got cifar-10-batches-py; \`retort data get cifar-10 --to ${around}\` makes it`,
    )
    const nowhere = join(root, 'nowhere')
    expect((await problemOf({ ...ten, folder: nowhere })).message).toBe(
      `${nowhere}: no such folder; \`retort data get cifar-10 --to ${nowhere}\` makes it`,
    )
  })
})

it('CIFAR-100 has its fine labels', async () => {
  const folder = join(root, 'cifar-100')
  write(
    join(folder, 'train.bin'),
    records(50000, (sample) => [sample % 20, sample % 100]),
  )
  write(
    join(folder, 'test.bin'),
    records(10000, (sample) => [sample % 20, (sample + 42) % 100]),
  )
  const data = await loadDataset({ type: 'cifar-100', folder, split, augmentation: 'none' })
  expect(data).toMatchObject({ inputShape: [32, 32, 3], classes: 100, trainFileSamples: 50000 })
  expect([data.train.labels[99], data.train.labels[101], data.test.labels[0]]).toEqual([99, 1, 42])
  expect(data.train.inputs[3072 * 77 + 3 * 5 + 1]).toBe(byteAt(77, 1, 5))
})
