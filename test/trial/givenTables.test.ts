// Teachers of tables: which numbers they get of a row's columns, and in which types.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AffineNormalisation as Numbers } from '@retort/schema/experiment'
import type { ResolvedOnnx } from '@retort/schema/given'
import type { ResolvedDataset } from '@retort/schema/trial'
import { describe, expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { trialId } from '../../orchestrator/src/plan/identity.ts'
import { definition, fill } from '../../orchestrator/src/spec/schema.ts'
import { inspect } from '../../orchestrator/src/trial/inspect.ts'
import { digits } from './fixture.ts'
import { folder, given, problemOf, said, workshop } from './givenTeachers.ts'
import { type Graph, onnxTeacher, type Type } from './onnxModels.ts'

// Columns of very different size: halves and quarters that float32 holds, each sample of another class than the next.
const rows = Array.from({ length: 40 }, (_, at) => [100_000 + at / 4, (at * at) % 7, (1 - at) / 2])
const csv = (from: number, to: number) =>
  `${['far,"odd",small,class', ...rows.slice(from, to).map((row, at) => `${row.join(',')},${(from + at) % 3}`)].join('\n')}\n`
writeFileSync(join(folder, 'train.csv'), csv(0, 30))
writeFileSync(join(folder, 'test.csv'), csv(30, 40))
const table = fill(definition('Dataset'), {
  type: 'csv',
  train: join(folder, 'train.csv'),
  test: join(folder, 'test.csv'),
  label: 'class',
  split: { validation: 10 },
}) as ResolvedDataset

/** What it is given is what it gives: three columns, three classes. */
const echo = (type: Type = 'float32', dims: (number | string)[] = ['n', 3]): Graph => ({
  inputs: { x: { type, dims } },
  outputs: { y: { dims: ['n', 3] } },
  nodes: [
    { op: 'Cast', in: ['x'], out: ['cast'], with: { to: 1 } },
    { op: 'Flatten', in: ['cast'], out: ['y'] },
  ],
})

const numbersOf = async (teacher: ResolvedOnnx) => [...(await said(table, teacher)).numbers]

const settledOf = async (teacher: ResolvedOnnx, dataset = table) => {
  const { models } = await inspect({ task: 'inspect', dataset, architectures: [teacher] }, workshop)
  return 'problem' in models[0]! ? models[0].problem : models[0]!.settled
}

describe('a model of a table', () => {
  it('gets the columns as they are in the file, to the bit, where nothing else is said', async () => {
    expect(await numbersOf(onnxTeacher('echo.onnx', echo()))).toEqual(rows.flat())
    expect(await numbersOf(onnxTeacher('echo.onnx', echo(), { normalisation: 'none' }))).toEqual(rows.flat())
    expect(await numbersOf(onnxTeacher('double.onnx', echo('float64')))).toEqual(rows.flat())
    expect(await numbersOf(onnxTeacher('axes.onnx', echo('float32', ['n', 1, 3])))).toEqual(rows.flat())
  })

  it('gets them standardised, or by the numbers that are said, whose scale is 1', async () => {
    const { preprocessing } = await loadDataset(table)
    const { mean, deviation } = preprocessing!
    const by = (of: (value: number, column: number) => number) => rows.flatMap((row) => row.map(of)).map(Math.fround)
    expect(await numbersOf(onnxTeacher('echo.onnx', echo(), { normalisation: 'standardised' }))).toEqual(
      by((value, column) => (value - mean[column]!) / deviation[column]!),
    )
    const stated: Numbers = { mean: [100_000, 0, 1], deviation: [2, 1, 3] }
    // As a plan has what the experiment leaves out.
    const normalisation = { scale: 255, ...stated }
    expect(await numbersOf(onnxTeacher('echo.onnx', echo(), { normalisation, leftOut: ['scale'] }))).toEqual(
      by((value, column) => (value - stated.mean[column]!) / stated.deviation[column]!),
    )
    expect(await numbersOf(onnxTeacher('echo.onnx', echo(), { normalisation }))).toEqual(
      by((value, column) => (value / 255 - stated.mean[column]!) / stated.deviation[column]!),
    )
    const metadata = { preprocessing: JSON.stringify({ ...stated, divisor: 1 }) }
    expect(await numbersOf(onnxTeacher('meta.onnx', echo(), {}, { metadata }))).toEqual(
      by((value, column) => (value - stated.mean[column]!) / stated.deviation[column]!),
    )
    expect(
      await problemOf(table, onnxTeacher('echo.onnx', echo(), { normalisation: { ...normalisation, mean: [1, 2] } })),
    ).toBe('normalisation.mean: expected 1 number, or 3, one for each channel, got 2')
  })

  it('of float64 gets numbers that float32 would round, of float32 the nearest', async () => {
    const csv = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => `${seconds + (from + at) / 8},1,2,${(from + at) % 3}`).join('\n')
    const seconds = 1_700_000_000
    writeFileSync(join(folder, 'late.csv'), `far,odd,small,class\n${csv(0, 30)}\n`)
    writeFileSync(join(folder, 'later.csv'), `far,odd,small,class\n${csv(30, 40)}\n`)
    const late = { ...table, train: join(folder, 'late.csv'), test: join(folder, 'later.csv') } as ResolvedDataset
    const since = (type: Type): Graph => ({
      inputs: { x: { type, dims: ['n', 3] } },
      outputs: { y: { type, dims: ['n', 3] } },
      nodes: [
        { op: 'Constant', in: [], out: ['start'], with: { value: { dims: [1], values: [seconds], type } } },
        { op: 'Sub', in: ['x', 'start'], out: ['y'] },
      ],
    })
    const firstOf = async (type: Type) => {
      const { numbers } = await said(late, onnxTeacher('since.onnx', since(type)))
      return Array.from({ length: 40 }, (_, row) => numbers[3 * row])
    }
    const times = Array.from({ length: 40 }, (_, row) => row / 8)
    expect(await firstOf('float64')).toEqual(times)
    expect(await firstOf('float32')).toEqual(times.map((time) => Math.fround(seconds + time) - Math.fround(seconds)))
  })

  it('may have an input for each column, by its name', async () => {
    const graph = (names: string[]): Graph => ({
      inputs: Object.fromEntries(names.map((name) => [name, { dims: ['n', 1] }])),
      outputs: { y: { dims: ['n', 3] } },
      nodes: [
        { op: 'Concat', in: ['far', names.includes('odd') ? 'odd' : 'far', 'small'], out: ['y'], with: { axis: 1 } },
      ],
    })
    expect(await numbersOf(onnxTeacher('columns.onnx', graph(['small', 'far', 'odd'])))).toEqual(rows.flat())
    expect(await problemOf(table, onnxTeacher('columns.onnx', graph(['small', 'far', 'even'])))).toBe(
      'file: expected a model with one input of [batch, 3], or one for each column, by its name, got 3: "small", "far", "even"',
    )
  })

  it('of whole numbers takes them, and says so where there are others', async () => {
    expect(await problemOf(table, onnxTeacher('int.onnx', echo('int64')))).toMatch(
      /^normalisation: expected whole numbers from -9007199254740991 to 9007199254740991, since its input is int64, got -?[\d.]+; "none" gives the data's own$/,
    )
    expect(await problemOf(table, onnxTeacher('half.onnx', echo('float16')))).toMatch(
      /^normalisation: expected numbers of at most 65504, since its input is float16, got 1000\d\d/,
    )
  })
})

describe('what a plan settles of how inputs are given', () => {
  it('is what now differs from how it was, so that nothing else gets another identity', async () => {
    const normalisation: Required<Numbers> = { scale: 255, mean: [0], deviation: [1] }
    const echoed = (changes: Partial<ResolvedOnnx> = {}) => onnxTeacher('echo.onnx', echo(), changes)
    expect(await settledOf(echoed())).toEqual({ normalisation: 'none' })
    expect(await settledOf(echoed({ normalisation, leftOut: ['scale'] }))).toEqual({
      normalisation: { ...normalisation, scale: 1 },
    })
    expect(await settledOf(echoed({ normalisation }))).toEqual({})
    expect(await settledOf(echoed({ normalisation: { ...normalisation, scale: 1 } }))).toEqual({})
    const metadata = { preprocessing: JSON.stringify({ mean: [0], deviation: [1], divisor: 1 }) }
    expect(await settledOf(onnxTeacher('meta.onnx', echo(), {}, { metadata }))).toEqual({})
    const images: Graph = {
      inputs: { x: { dims: ['n', 28, 28, 1] } },
      outputs: { y: { dims: ['n', 10] } },
      nodes: [
        { op: 'Flatten', in: ['x'], out: ['flat'] },
        { op: 'MatMul', in: ['flat', 'w'], out: ['y'] },
      ],
      weights: { w: { dims: [784, 10], values: new Float32Array(7840).map((_, at) => Math.sin(at)) } },
    }
    expect(await settledOf(onnxTeacher('images.onnx', images), digits())).toEqual({})
    expect(
      await settledOf(onnxTeacher('images.onnx', images, { normalisation, leftOut: ['scale'] }), digits()),
    ).toEqual({})
  })

  it('and not who said it', () => {
    const teacher = onnxTeacher('echo.onnx', echo())
    const id = (changes: Partial<ResolvedOnnx>) => trialId(given(table, { ...teacher, ...changes }))
    expect(id({ leftOut: ['gives', 'scale'] })).toBe(id({}))
    expect(id({ normalisation: 'none' })).not.toBe(id({}))
  })
})
