// What is read of an ONNX teacher's outputs, as exporters write them, and what is refused.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ResolvedOnnx } from '@retort/schema/given'
import type { ResolvedDataset } from '@retort/schema/trial'
import { describe, expect, it } from 'vitest'
import { definition, fill } from '../../orchestrator/src/spec/schema.ts'
import { folder, problemOf, said } from './givenTeachers.ts'
import { type Graph, type Node, onnxTeacher, type Type } from './onnxModels.ts'

/** Rows of as many columns as there are classes, whose numbers are multiples of 1/8. */
function tableOf(
  classes: number,
  names = (label: number) => String(label),
): { dataset: ResolvedDataset; rows: number[][] } {
  const rows = Array.from({ length: 40 }, (_, at) =>
    Array.from({ length: classes }, (_, of) => ((at * (of + 3)) % 11) / 8 + (at % classes === of ? 1 : 0)),
  )
  const csv = (part: number[][], first: number) => {
    const lines = part.map((row, at) => `${row.join(',')},${names((first + at) % classes)}`)
    return `${[`${rows[0]!.map((_, of) => `c${of}`).join(',')},class`, ...lines].join('\n')}\n`
  }
  const path = (name: string) => join(folder, `${name} of ${classes} ${names(0)}.csv`)
  writeFileSync(path('train'), csv(rows.slice(0, 30), 0))
  writeFileSync(path('test'), csv(rows.slice(30), 30))
  const dataset = { type: 'csv', train: path('train'), test: path('test'), label: 'class', split: { validation: 10 } }
  return { dataset: fill(definition('Dataset'), dataset) as ResolvedDataset, rows }
}

const three = tableOf(3)
const two = tableOf(2)

const x = { x: { dims: ['n', 3] } }
const softmax = (row: number[]) => {
  const total = row.reduce((sum, value) => sum + Math.exp(value), 0)
  return row.map((value) => Math.exp(value) / total)
}
const close = (found: ArrayLike<number>, expected: number[]) => {
  expect(found).toHaveLength(expected.length)
  for (const [at, value] of expected.entries()) expect(Math.abs(found[at]! - value)).toBeLessThan(1e-4)
}
const logOf = (rows: number[][]) => rows.flatMap((row) => softmax(row).map(Math.log))

/** As skl2onnx ends a classifier. */
const zipped = (labels: object, before: Node[] = []): Graph => ({
  inputs: x,
  outputs: { output_label: { type: 'int64', dims: ['n'] }, output_probability: 'maps' },
  nodes: [
    ...before,
    { op: 'Softmax', in: [before.length > 0 ? 'cast' : 'x'], out: ['probabilities'], with: { axis: 1 } },
    { op: 'ArgMax', in: ['x'], out: ['output_label'], with: { axis: 1, keepdims: 0 } },
    {
      op: 'ZipMap',
      in: ['probabilities'],
      out: ['output_probability'],
      domain: 'ai.onnx.ml',
      with: labels as Record<string, unknown>,
    },
  ],
})

describe('a list of maps, as scikit-learn’s exporter ends in', () => {
  const graph = zipped({ classlabels_int64s: [0, 1, 2] })

  it('is read from the tensor that it is made of, whether it is named or not', async () => {
    const gives = 'probabilities' as const
    const expected = logOf(three.rows)
    close((await said(three.dataset, onnxTeacher('zip.onnx', graph, { gives }))).numbers, expected)
    const output = 'output_probability'
    close((await said(three.dataset, onnxTeacher('zip.onnx', graph, { gives, output }))).numbers, expected)
    // onnxruntime has no such maps of float64, of which this exporter makes them all the same.
    const double = zipped({ classlabels_int64s: [0, 1, 2] }, [
      { op: 'Cast', in: ['x'], out: ['cast'], with: { to: 11 } },
    ])
    close((await said(three.dataset, onnxTeacher('zip64.onnx', double, { gives }))).numbers, expected)
  })

  it('beside labels, of which nobody can learn', async () => {
    expect(await problemOf(three.dataset, onnxTeacher('zip.onnx', graph, { output: 'output_label' }))).toBe(
      'output: output "output_label": expected float32 [batch, 3], got int64 [n]: it names classes, and what is learned from are the scores of all classes',
    )
  })

  it('of the data’s classes in another order is refused', async () => {
    const gives = 'probabilities' as const
    expect(
      await problemOf(three.dataset, onnxTeacher('order.onnx', zipped({ classlabels_int64s: [0, 2, 1] }), { gives })),
    ).toBe('file: expected scores of the classes "0", "1", "2", in the data\'s order, got "0", "2", "1"')
    const named = tableOf(3, (label) => ['bee', 'ant', 'cat'][label]!)
    const words = (list: string[]) => onnxTeacher('words.onnx', zipped({ classlabels_strings: list }), { gives })
    expect(await problemOf(named.dataset, words(['bee', 'ant', 'cat']))).toMatch(
      /^file: expected scores of the classes "ant"/,
    )
    close((await said(named.dataset, words(['ant', 'bee', 'cat']))).numbers, logOf(named.rows))
  })
})

describe('an output for each class', () => {
  const apart = (classes: number, dims: (string | number)[]) =>
    onnxTeacher('apart.onnx', {
      inputs: { x: { dims: ['n', classes] } },
      outputs: {
        output_label: { type: 'int64', dims: ['n'] },
        ...Object.fromEntries(Array.from({ length: classes }, (_, of) => [`i${of}`, { dims }])),
      },
      nodes: [
        { op: 'ArgMax', in: ['x'], out: ['output_label'], with: { axis: 1, keepdims: 0 } },
        ...Array.from({ length: classes }, (_, of) => ({
          op: 'ReduceMax',
          in: ['x'],
          out: [`i${of}`],
          with: { axes: [1], keepdims: dims.length - 1 },
        })),
      ],
    })
  const way = 'options={"zipmap": False} of scikit-learn’s exporter gives one with all of them'

  it.each([[['n']], [['n', 1]]])('of shape %j is refused with the way out', async (dims) => {
    expect(await problemOf(three.dataset, apart(3, dims))).toBe(
      `file: it has an output of its own for each of the 3 classes, "i0", "i1", "i2": export it with one of all; ${way}`,
    )
    expect(await problemOf(two.dataset, apart(2, dims))).toBe(
      `output: which output has the 2 classes is not clear: say which of "output_label", "i0", "i1", that of the second class where each has one; ${way}`,
    )
  })
})

describe('scores', () => {
  const gives = (
    nodes: Node[],
    output: Graph['outputs'][string],
    changes: Partial<ResolvedOnnx> = {},
    input: Graph['inputs'] = x,
  ) => onnxTeacher('scores.onnx', { inputs: input!, outputs: { y: output }, nodes }, changes)

  it.each([
    ['[batch, classes, 1, 1]', ['n', 3, 1, 1], [2, 3]],
    ['[batch, 1, classes]', ['n', 1, 3], [1]],
  ] as const)('may stand as %s', async (_, dims, axes) => {
    const nodes: Node[] = [
      { op: 'Constant', in: [], out: ['axes'], with: { value: { dims: [axes.length], values: axes, type: 'int64' } } },
      { op: 'Unsqueeze', in: ['x', 'axes'], out: ['y'] },
    ]
    expect([...(await said(three.dataset, gives(nodes, { dims: [...dims] }))).numbers]).toEqual(three.rows.flat())
  })

  it('of a single sample may stand alone', async () => {
    const nodes: Node[] = [
      { op: 'Constant', in: [], out: ['axes'], with: { value: { dims: [1], values: [0], type: 'int64' } } },
      { op: 'Squeeze', in: ['x', 'axes'], out: ['y'] },
    ]
    const alone = gives(nodes, { dims: [3] }, {}, { x: { dims: [1, 3] } })
    expect([...(await said(three.dataset, alone)).numbers]).toEqual(three.rows.flat())
  })

  it.each(['float16', 'float64'] as Type[])('may be %s, as inputs may', async (type) => {
    const teacher = gives(
      [{ op: 'Identity', in: ['x'], out: ['y'] }],
      { type, dims: ['n', 3] },
      {},
      { x: { type, dims: ['n', 3] } },
    )
    expect([...(await said(three.dataset, teacher)).numbers]).toEqual(three.rows.flat())
  })

  it('of one column for two classes are the second’s, and the first one’s follow', async () => {
    const column = (last: Node[], changes: Partial<ResolvedOnnx> = {}) =>
      gives(last, { dims: ['n', 1] }, changes, { x: { dims: ['n', 2] } })
    const sums = two.rows.map((row) => row[1]! - row[0]!)
    const difference: Node[] = [
      { op: 'Constant', in: [], out: ['w'], with: { value: { dims: [2, 1], values: [-1, 1] } } },
      { op: 'MatMul', in: ['x', 'w'], out: ['d'] },
    ]
    const logit = column([...difference, { op: 'Identity', in: ['d'], out: ['y'] }])
    expect([...(await said(two.dataset, logit)).numbers]).toEqual(sums.flatMap((z) => [0, z]))
    const sigmoid = column([...difference, { op: 'Sigmoid', in: ['d'], out: ['y'] }], { gives: 'probabilities' })
    close(
      (await said(two.dataset, sigmoid)).numbers,
      sums.flatMap((z) => [-Math.log1p(Math.exp(z)), -Math.log1p(Math.exp(-z))]),
    )
    const left = column([...difference, { op: 'Sigmoid', in: ['d'], out: ['y'] }], { leftOut: ['gives'] })
    expect(await problemOf(two.dataset, left)).toMatch(/^gives: expected logits, got probabilities/)
  })

  it('called logits are taken where several could be meant', async () => {
    const teacher = onnxTeacher('several.onnx', {
      inputs: x,
      outputs: { hidden: { dims: ['n', 3] }, logits: { dims: ['n', 3] } },
      nodes: [
        { op: 'Neg', in: ['x'], out: ['hidden'] },
        { op: 'Identity', in: ['x'], out: ['logits'] },
      ],
    })
    expect([...(await said(three.dataset, teacher)).numbers]).toEqual(three.rows.flat())
  })
})
