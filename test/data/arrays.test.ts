// Four arrays as people bring them: types, layouts of images, labels in other forms, and labels that are slips.
import { join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { canonicalDataset } from '../../orchestrator/src/plan/identity.ts'
import { problemOf, split, temporaryFolder, write } from './files.ts'
import { float64s, int64s, npyOf, raw } from './npyFile.ts'

const folder = temporaryFolder()
const bytes = (dims: number[], values: ArrayLike<number>) => npyOf(`'|u1'`, dims, Uint8Array.from(values))
const count = (dims: number[]) => dims.reduce((product, length) => product * length, 1)
const upTo = (length: number) => Array.from({ length }, (_, at) => at)

const good = {
  trainInputs: float64s([4, 2], [0, 5, 2, 5, 4, 5, 6, 5]),
  trainLabels: int64s([4], [0, 1, 0, 1]),
  testInputs: float64s([1, 2], [1, 5]),
  testLabels: int64s([1], [1]),
}

let sets = 0
function dataset(changes: Partial<Record<keyof typeof good, Buffer>>, settings: object = {}): ResolvedDataset {
  const own = join(folder, `set${sets++}`)
  const files = Object.entries({ ...good, ...changes }).map(([key, content]) => [
    key,
    write(join(own, `${key}.npy`), content),
  ])
  return { type: 'npy', layout: 'auto', augmentation: 'none', split, ...Object.fromEntries(files), ...settings }
}

/** Training and test inputs of the same shape but for how many there are. */
const images = (shape: number[], make: (dims: number[], values: ArrayLike<number>) => Buffer) => ({
  trainInputs: make([4, ...shape], upTo(4 * count(shape))),
  testInputs: make([1, ...shape], upTo(count(shape))),
})

describe('inputs', () => {
  it('of every type of numbers are the same data as float32', async () => {
    const values = [0, 5, 2, 5, 4, 5, 6, 5]
    const { contents } = await loadDataset(dataset({}))
    for (const [descr, make] of [
      [`'<f4'`, Float32Array],
      [`'<i4'`, Int32Array],
      [`'<u2'`, Uint16Array],
      [`'|i1'`, Int8Array],
    ] as const) {
      const [trainInputs, testInputs] = [
        npyOf(descr, [4, 2], raw(make.from(values))),
        npyOf(descr, [1, 2], raw(make.of(1, 5))),
      ]
      expect((await loadDataset(dataset({ trainInputs, testInputs }))).contents).toBe(contents)
    }
  })

  it('of true and false are images, and are not mixed with bytes', async () => {
    const masks = (dims: number[], values: ArrayLike<number>) =>
      npyOf(
        `'|b1'`,
        dims,
        Uint8Array.from(values, (v) => v % 2),
      )
    const data = await loadDataset(dataset(images([2, 3], masks)))
    expect(data).toMatchObject({ inputShape: [2, 3, 1] })
    expect([...data.test.inputs]).toEqual([0, 1, 0, 1, 0, 1])
    const { trainInputs } = images([2, 3], masks)
    expect(await problemOf(dataset({ trainInputs, testInputs: bytes([1, 2, 3], upTo(6)) }))).toMatchObject({
      path: ['testInputs'],
      message: expect.stringMatching(/expected bool as in .*, got uint8$/),
    })
  })
})

it('one file has all four arrays, which settings name: an archive, or of safetensors', async () => {
  const parts = { x_train: [4, 2], y_train: [4], x_test: [1, 2], y_test: [1] }
  const numbers = { x_train: [0, 5, 2, 5, 4, 5, 6, 5], y_train: [0, 1, 0, 1], x_test: [1, 5], y_test: [1] }
  const names = { trainInputs: 'x_train', trainLabels: 'y_train', testInputs: 'x_test', testLabels: 'y_test' }
  const members = Object.entries(numbers).map(([name, values]) => {
    const shape = parts[name as keyof typeof parts]
    return { name, shape, bytes: raw(Float32Array.from(values)) }
  })
  let end = 0
  const header = members.map(({ name, shape, bytes }) => {
    end += bytes.length
    return [name, { dtype: 'F32', shape, data_offsets: [end - bytes.length, end] }]
  })
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  const archive = zipSync(
    Object.fromEntries(members.map(({ name, shape, bytes }) => [`${name}.npy`, npyOf(`'<f4'`, shape, bytes)])),
  )
  const { contents } = await loadDataset(dataset({}))
  for (const [name, content] of [
    ['all.safetensors', Buffer.concat([length, text, ...members.map(({ bytes }) => bytes)])],
    ['all.npz', archive],
  ] as const) {
    const file = write(join(folder, name), content)
    const given = { type: 'npz', file, ...names, layout: 'auto', augmentation: 'none', split } as const
    expect((await loadDataset(given)).contents).toBe(contents)
    const alone = dataset({ trainLabels: Buffer.from(content) })
    expect(await problemOf(alone)).toMatchObject({
      path: ['trainLabels'],
      message: expect.stringMatching(/several arrays: say which of "x_train", .*; "type": "npz" names them$/),
    })
  }
})

describe('images with channels first', () => {
  it.each([
    [[3, 8, 6], bytes],
    [[1, 8, 8], bytes],
    [[3, 8, 8], float64s],
    [[6, 8, 8], bytes],
    [[3, 4, 4], bytes],
  ] as const)('%j are not taken as many channels: the layout is asked for', async (shape, make) => {
    const [channels, height, width] = shape
    const given = images([...shape], make)
    expect(await problemOf(dataset(given))).toMatchObject({
      path: ['layout'],
      message: expect.stringContaining(
        `[4, ${shape.join(', ')}] may be 4 images of ${height} x ${width} with ${channels} channel${channels === 1 ? '' : 's'}, ` +
          `or of ${channels} x ${height} with ${width} channels: say "layout": "channels-first", or "channels-last"`,
      ),
    })
    const data = await loadDataset(dataset(given, { layout: 'channels-first' }))
    expect(data.inputShape).toEqual([height, width, channels])
    for (const [y, x, channel] of [
      [0, 0, 0],
      [1, 2, channels - 1],
      [height - 1, width - 1, 0],
    ] as const) {
      const source = (channel * height + y) * width + x
      // Bytes go round at 256.
      expect(data.test.inputs[(y * width + x) * channels + channel]).toBe(make === bytes ? source % 256 : source)
    }
    expect((await loadDataset(dataset(given, { layout: 'channels-last' }))).inputShape).toEqual([...shape])
  })

  it('what cannot be is read as ever', async () => {
    for (const shape of [
      [8, 8, 3],
      [2, 2, 8],
      [8, 8, 8],
      [4, 3, 2],
    ]) {
      expect((await loadDataset(dataset(images(shape, bytes)))).inputShape).toEqual(shape)
    }
  })

  it('a layout says that [n, height, width] are images, and goes with images only', async () => {
    expect((await loadDataset(dataset(images([6, 5], float64s)))).inputShape).toEqual([6, 5])
    for (const layout of ['channels-first', 'channels-last']) {
      expect((await loadDataset(dataset(images([6, 5], float64s), { layout }))).inputShape).toEqual([6, 5, 1])
    }
    expect(await problemOf(dataset({}, { layout: 'channels-first' }))).toMatchObject({
      path: ['layout'],
      message: expect.stringMatching(/expected images .* for layout "channels-first", got \[4, 2\]$/),
    })
  })

  it('the layout is no part of what a trial is known by where it is not said', () => {
    const given = dataset({})
    const { layout: _, ...before } = given as ResolvedDataset & { layout: unknown }
    expect(canonicalDataset(given)).toBe(canonicalDataset(before as ResolvedDataset))
    expect(canonicalDataset({ ...given, layout: 'channels-first' } as ResolvedDataset)).not.toBe(
      canonicalDataset(given),
    )
  })
})

describe('labels', () => {
  it('are the same as whole floats, true and false, a column, or one-hot rows, of which a note tells', async () => {
    const { contents } = await loadDataset(dataset({}))
    const forms: Buffer[] = [
      float64s([4], [0, 1, 0, 1]),
      npyOf(`'|b1'`, [4], Uint8Array.of(0, 1, 0, 1)),
      int64s([4, 1], [0, 1, 0, 1]),
      float64s([4, 2], [1, 0, 0, 1, 1, 0, 0, 1]),
    ]
    for (const [form, trainLabels] of forms.entries()) {
      const data = await loadDataset(dataset({ trainLabels }))
      expect(data).toMatchObject({ contents, classes: 2, warnings: [] })
      expect(data.notes).toEqual(form === 3 ? [expect.stringMatching(/one-hot rows are read as 2 classes$/)] : [])
    }
  })

  it.each([
    [float64s([4], [0, 1, 2.5, 1]), /record 3: expected a label from 0 to 65535, got 2\.5: .* a quantity to predict/],
    [float64s([4], [0, 1, Number.NaN, 1]), /record 3: expected a label from 0 to 65535, got NaN$/],
    [int64s([4], [1, -1, 1, -1]), /record 2: .*got -1: of -1 and 1, \(labels \+ 1\) \/ 2 makes 0 and 1$/],
    [
      int64s([4], [0, -1, 1, 2]),
      /record 2: .*got -1: where it is a class, labels \+ 1 count from 0; samples without a class are to be left out$/,
    ],
    [int64s([4], [0, 70000, 1, 2]), /record 2: .*got 70000$/],
    [
      float64s([4, 2], [1, 0, 0.5, 0.5, 1, 0, 0, 1]),
      /record 2: .*one-hot rows.*got \[0\.5, 0\.5\]; probabilities are for a teacher/,
    ],
    [float64s([4, 2], [1, 0, 1, 1, 1, 0, 0, 1]), /record 2: .*got \[1, 1\]/],
    [int64s([2, 2, 1], [0, 1, 0, 1]), /expected labels \[n\], got \[2, 2, 1\]/],
  ])('that are none are refused, case %#', async (trainLabels, message) => {
    const problem = await problemOf(dataset({ trainLabels }))
    expect(problem.path).toEqual(['trainLabels'])
    expect(problem.message).toMatch(message)
  })

  it('of other columns than the training file are refused', async () => {
    const changes = { trainLabels: float64s([4, 2], [1, 0, 0, 1, 1, 0, 0, 1]), testLabels: float64s([1, 3], [0, 0, 1]) }
    expect((await problemOf(dataset(changes))).message).toMatch(/expected 2 classes as in .*, got 3/)
  })
})

describe('labels that are most likely slips are warned of', () => {
  const warned = async (labels: number[], { test = [1], validation = 1, oneHot = 0 } = {}) => {
    const trainLabels = oneHot
      ? float64s(
          [labels.length, oneHot],
          labels.flatMap((label) => upTo(oneHot).map((of) => (of === label ? 1 : 0))),
        )
      : int64s([labels.length], labels)
    const changes = {
      trainInputs: float64s([labels.length, 1], upTo(labels.length)),
      trainLabels,
      testInputs: float64s([test.length, 1], upTo(test.length)),
      testLabels: int64s([test.length], test),
    }
    const { warnings, classes } = await loadDataset(dataset(changes, { split: { ...split, validation } }))
    for (const { path } of warnings) expect(path).toEqual(['trainLabels'])
    return { classes, told: warnings.map(({ message }) => message.replace(/^.*?\.npy: /, '')) }
  }
  const often = (labels: number[]) => upTo(10).flatMap(() => labels)

  it('one label far above the others', async () => {
    const { classes, told } = await warned([...often([0, 1]), 65535, ...often([0, 1])], { validation: 2 })
    expect(classes).toBe(65536)
    expect(told[0]).toBe(
      '65536 classes, of which 3 have samples: no sample of classes 2 to 65534 (the highest label is 65535, one sample has it)',
    )
  })

  it('labels from 1, classes between that nobody has, and one that only the test file has', async () => {
    expect((await warned(often([1, 2, 3]))).told).toEqual([
      '4 classes, of which 3 have samples: no sample of class 0 (labels are from 1 to 3; labels - 1 leaves no class empty)',
    ])
    expect((await warned(often([0, 2, 5, 6, 8]), { test: [0, 4, 4] })).told).toEqual([
      '9 classes, of which 5 have samples: no sample of classes 1, 3, 4, 7 (the highest label is 8, 10 samples have it); ' +
        'the test file has class 4',
    ])
    expect((await warned(often([1, 2]), { oneHot: 4 })).told).toEqual([
      '4 classes, of which 2 have samples: no sample of classes 0, 3',
    ])
  })

  it('a class whose samples are all held out for validation', async () => {
    const { told } = await warned([0, 0, 1, 1, 2], { validation: 4 })
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/^no sample to train on of class(es)? [\d, ]+: the split has them all elsewhere$/)
  })

  it('many values with few samples each, as a quantity has', async () => {
    expect(
      (
        await warned(
          upTo(120).map((at) => (at * 7) % 60),
          { validation: 10 },
        )
      ).told.at(-1),
    ).toBe('60 different labels in 120 samples: they look like a quantity, not like classes')
  })

  it('classes as they should be are not', async () => {
    expect((await warned(often([0, 1, 2]))).told).toEqual([])
    expect((await warned(often(upTo(60)))).told).toEqual([])
  })
})
