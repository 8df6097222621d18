// Logits that something else computed, in files: what they say, and what is refused before anything trains.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ResolvedLogits } from '@retort/schema/given'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { stream } from '../../orchestrator/src/data/random.ts'
import { npyOf, raw } from '../data/npyFile.ts'
import { npy, safetensors } from './arrayFiles.ts'
import { digits } from './fixture.ts'
import { fileOf, folder, problemOf, said } from './givenTeachers.ts'

const classes = 10

describe('logits in files', () => {
  const [trainFile, testFile] = [1000, 300]
  const random = (rows: number): Float32Array => {
    const next = stream('rows', rows)
    return Float32Array.from({ length: rows * classes }, () => Math.fround((next() % 4096) / 256 - 8))
  }
  const save = (name: string, bytes: Buffer) => {
    writeFileSync(join(folder, name), bytes)
    return { ...fileOf(name), tensor: null as string | null }
  }
  const train = random(trainFile)
  const test = random(testFile)
  const of = (changes: Partial<ResolvedLogits> = {}): ResolvedLogits => ({
    type: 'logits',
    train: { ...save('train.npy', npy([trainFile, classes], train)), ids: null },
    test: { ...save('test.npy', npy([testFile, classes], test)), ids: null },
    gives: 'logits',
    ...changes,
  })
  const dataset = digits({ test: 200 })

  it.each(['float32', 'float16', 'float64'] as const)('of %s are what they are, in either format', async (type) => {
    const tensors = {
      train: { dims: [trainFile, classes], values: train, type },
      other: { dims: [1], values: test, type },
    }
    // Multiples of 1/256 below 8 fit into a float16.
    const file = { ...save('both.safetensors', safetensors(tensors)), tensor: 'train', ids: null }
    const { numbers, metrics, logits } = await said(dataset, of({ train: file }))
    expect(numbers).toEqual(Float32Array.from([...train, ...test.subarray(0, 200 * classes)]))
    expect(logits).toMatchObject({ trainSamples: 1000, testSamples: 200, classes: 10 })
    const data = await loadDataset(dataset)
    const right = data.validation.indices.filter((index) => {
      const row = train.subarray(index * classes, (index + 1) * classes)
      return row.indexOf(Math.max(...row)) === data.train.labels[index]
    })
    expect(metrics.validationAccuracy).toBeCloseTo(right.length / data.validation.indices.length, 12)
    const array = { ...save('train16.npy', npy([trainFile, classes], train, type)), ids: null }
    expect((await said(dataset, of({ train: array }))).numbers).toEqual(numbers)
  })

  it('may be big-endian, in Fortran order, in an archive with others, or of bfloat16', async () => {
    const { numbers } = await said(dataset, of())
    const bytes = Buffer.alloc(4 * train.length)
    for (const [at, value] of train.entries()) bytes.writeFloatBE(value, 4 * at)
    const bigEndian = npyOf(`'>f4'`, [trainFile, classes], bytes)
    const columns = Float32Array.from(train, (_, at) => train[(at % trainFile) * classes + Math.floor(at / trainFile)]!)
    const fortran = npyOf(`'<f4'`, [trainFile, classes], raw(columns), true)
    const archive = Buffer.from(zipSync({ 'val.npy': npy([1], test), 'train.npy': bigEndian }))
    for (const file of [
      save('big.npy', bigEndian),
      save('fortran.npy', fortran),
      { ...save('all.npz', archive), tensor: 'train' },
    ]) {
      expect((await said(dataset, of({ train: { ...file, ids: null } }))).numbers).toEqual(numbers)
    }
    const several = { ...save('all.npz', archive), ids: null }
    expect(await problemOf(dataset, of({ train: several }))).toBe(
      'train.tensor: all.npz: it has several arrays: say which of "val", "train"',
    )
    // The upper half of a float32's bytes; numbers of 8 bits lose nothing.
    const coarse = train.map(Math.round)
    const halves = Buffer.from(Uint16Array.from(new Uint32Array(coarse.buffer), (bits) => bits >>> 16).buffer)
    const header = JSON.stringify({
      l: { dtype: 'BF16', shape: [trainFile, classes], data_offsets: [0, halves.length] },
    })
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(header.length))
    const bf16 = save('bf16.safetensors', Buffer.concat([length, Buffer.from(header), halves]))
    const { numbers: read } = await said(dataset, of({ train: { ...bf16, ids: null } }))
    expect(read.subarray(0, coarse.length)).toEqual(coarse)
  })

  it('may be of the samples that ids name, and of the training file alone', async () => {
    const data = await loadDataset(dataset)
    const used = [...data.train.indices, ...data.validation.indices].reverse()
    const rows = Float32Array.from(used.flatMap((index) => [...train.subarray(index * classes, (index + 1) * classes)]))
    const ids = save('ids.npy', npy([used.length], Int32Array.from(used)))
    const file = { ...save('rows.npy', npy([used.length, classes], rows)), ids }
    const { numbers, metrics, logits } = await said(dataset, of({ train: file, test: null }))
    for (const index of used) {
      expect(numbers.subarray(index * classes, (index + 1) * classes)).toEqual(
        train.subarray(index * classes, (index + 1) * classes),
      )
    }
    expect(metrics).toMatchObject({ testAccuracy: null, testLoss: null, parameters: null })
    expect(logits.testSamples).toBe(0)
    // What hangs on such logits has no test samples either.
    const whole = await said(dataset, of())
    const members = [
      { model: 'a', trial: 'a', weight: 0.25 },
      { model: 'b', trial: 'b', weight: 0.75 },
    ]
    const mixed = await said(dataset, { type: 'ensemble', of: members, mean: 'logits' }, [whole.logits, logits])
    expect(mixed.metrics.testAccuracy).toBeNull()
    const [index] = used as [number]
    expect(mixed.numbers[index * classes]).toBeCloseTo(train[index * classes]!, 5)
  })

  it('are refused with file and row where they do not fit', async () => {
    const rows = (changes: (values: Float32Array) => void, type?: 'float16') => {
      const values = train.slice()
      changes(values)
      return of({ train: { ...save('wrong.npy', npy([trainFile, classes], values, type)), ids: null } })
    }
    const nan = rows((values) => values.set([Number.NaN], 42 * classes + 3))
    expect(await problemOf(dataset, nan)).toBe(
      'train.file: wrong.npy: row 42: expected finite numbers, or -Infinity for masked classes, got NaN',
    )
    expect(await problemOf(dataset, { ...rows(() => {}), gives: 'probabilities' })).toMatch(
      /^train\.file: wrong\.npy: row 0: expected probabilities from 0 to 1, got /,
    )
    const nine = { ...save('nine.npy', npy([trainFile, 9], train.slice(0, 9 * trainFile))), ids: null }
    expect(await problemOf(dataset, of({ train: nine }))).toBe(
      'train.file: nine.npy: expected [samples, 10], one logit for each class, got [1000, 9]',
    )
    const fewer = { ...save('fewer.npy', npy([10, classes], train.slice(0, 100))), ids: null }
    expect(await problemOf(dataset, of({ test: fewer }))).toBe(
      'test.file: fewer.npy: expected 300 rows, one for each sample of the test file, got 10; name the samples by ids where it has others',
    )
    const withIds = (ids: number[]) =>
      of({ train: { ...fewer, ids: save('ids2.npy', npy([ids.length], Int32Array.from(ids))) } })
    expect(await problemOf(dataset, withIds([1, 2]))).toBe(
      'train.ids.file: ids2.npy: expected [10], one id for each row of logits, got [2]',
    )
    expect(await problemOf(dataset, withIds([0, 1, 2, 3, 4, 5, 6, 7, 8, 1000]))).toBe(
      'train.ids.file: ids2.npy: row 9: expected a sample from 0 to 999, got 1000',
    )
    expect(await problemOf(dataset, withIds([0, 1, 2, 3, 4, 5, 6, 7, 8, 3]))).toBe(
      'train.ids.file: ids2.npy: row 9: expected each sample once, got 3 again after row 3',
    )
    expect(await problemOf(dataset, withIds([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))).toMatch(
      /^train\.ids: fewer\.npy: expected a row for every sample that is used, got none for 8\d\d, such as sample 1\d$/,
    )
    const tensors = { a: { dims: [2], values: train, type: 'float32' as const } }
    const cut = safetensors({ ...tensors, b: { dims: [trainFile, classes], values: train, type: 'float32' } }).subarray(
      0,
      -8,
    )
    const several = { ...save('cut.safetensors', cut), ids: null }
    expect(await problemOf(dataset, of({ train: several }))).toBe(
      'train.tensor: cut.safetensors: it has several arrays: say which of "a", "b"',
    )
    expect(await problemOf(dataset, of({ train: { ...several, tensor: 'b' } }))).toBe(
      'train.file: cut.safetensors: tensor "b": expected 40000 bytes for F32 [1000, 10], got 39992',
    )
    writeFileSync(join(folder, 'junk.npy'), 'neither of them')
    expect(await problemOf(dataset, of({ train: { ...fileOf('junk.npy'), tensor: null, ids: null } }))).toMatch(
      /^train\.file: junk\.npy: expected a \.npy, \.npz or \.safetensors file, got a header of \d+ bytes in 15$/,
    )
  })
})
