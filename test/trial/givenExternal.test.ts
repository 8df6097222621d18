// Weights of ONNX teachers wherever they stand: in files beside the model, as PyTorch's exporter lays them, in nodes,
// in graphs inside of graphs.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ResolvedOnnx } from '@retort/schema/given'
import { describe, expect, it } from 'vitest'
import { trialId } from '../../orchestrator/src/plan/identity.ts'
import { evaluateGiven } from '../../orchestrator/src/trial/given/evaluate.ts'
import { inspect } from '../../orchestrator/src/trial/inspect.ts'
import { digits, placement } from './fixture.ts'
import { channel, folder, given, problemOf, said, workshop } from './givenTeachers.ts'
import { bytesOf, type Graph, onnxTeacher, type Weight } from './onnxModels.ts'

const [size, classes] = [784, 10]
const weights = Float32Array.from({ length: size * classes }, (_, at) => Math.sin(at) / 10)
const bias = Float32Array.from({ length: classes }, (_, at) => at / 10)

const linear = (w: Weight, b: Weight): Graph => ({
  inputs: { x: { dims: ['n', 28, 28, 1] } },
  outputs: { y: { dims: ['n', classes] } },
  nodes: [
    { op: 'Flatten', in: ['x'], out: ['flat'] },
    { op: 'Constant', in: [], out: ['b'], with: { value: b } },
    { op: 'MatMul', in: ['flat', 'w'], out: ['z'] },
    { op: 'Add', in: ['z', 'b'], out: ['y'] },
  ],
  weights: { w },
})

const inside = { w: { dims: [size, classes], values: weights }, b: { dims: [classes], values: bias } }
const at = (location: string, offset: number, length?: number) => ({
  external: { location, ...(offset > 0 && { offset }), ...(length !== undefined && { length }) },
})
const data = Buffer.concat([Buffer.alloc(64), bytesOf(weights), bytesOf(bias)])

/** Both weights in one file, behind 64 bytes that are nobody's. */
const beside = (name: string, location: string) =>
  onnxTeacher(
    name,
    linear(
      { ...inside.w, ...at(location, 64, 4 * weights.length) },
      { ...inside.b, ...at(location, 64 + 4 * weights.length) },
    ),
  )

/** As the plan has it. */
async function settled(teacher: ResolvedOnnx): Promise<ResolvedOnnx> {
  const { models } = await inspect({ task: 'inspect', dataset: digits(), architectures: [teacher] }, workshop)
  if ('problem' in models[0]!) throw new Error(models[0].problem)
  return { ...teacher, ...models[0]!.settled } as ResolvedOnnx
}

const idOf = (teacher: ResolvedOnnx) => trialId(given(digits(), teacher))

describe('weights beside the model', () => {
  it('are read, counted, and a part of who the teacher is', async () => {
    writeFileSync(join(folder, 'one.data'), data)
    const one = await settled(beside('beside.onnx', 'one.data'))
    const whole = onnxTeacher('inside.onnx', linear(inside.w, inside.b))
    const [theirs, own] = [await said(digits(), one), await said(digits(), whole)]
    expect(theirs.numbers).toEqual(own.numbers)
    expect(theirs.metrics.parameters).toBe(size * classes + classes)
    expect(theirs.metrics.parameters).toBe(own.metrics.parameters)
    expect(theirs.metrics.onnxBytes).toBeGreaterThan(data.length)
    // What has no files beside it is known as it was.
    expect(await settled(whole)).toEqual(whole)

    const id = idOf(one)
    expect(idOf({ ...one, external: [{ ...one.external![0]!, file: 'x', path: '/x' }] })).toBe(id)
    writeFileSync(
      join(folder, 'one.data'),
      Buffer.concat([Buffer.alloc(64), bytesOf(weights.map((w) => -w)), bytesOf(bias)]),
    )
    expect(idOf(await settled(beside('beside.onnx', 'one.data')))).not.toBe(id)
    // The one that was planned is gone.
    const request = { trial: 'any', config: given(digits(), one), placement, artifacts: folder, members: [] }
    expect(await evaluateGiven({ task: 'evaluate', ...request }, channel, workshop)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('one.data has changed since it was planned: expected SHA-256'),
    })
  })

  it('that are missing, cut short or elsewhere are refused before anything trains', async () => {
    const problem = (name: string, location: string) => problemOf(digits(), beside(name, location))
    rmSync(join(folder, 'gone.data'), { force: true })
    expect(await problem('gone.onnx', 'gone.data')).toBe(
      'file: weight "w" of gone.onnx: expected it in "gone.data", a file beside the model, got no such file',
    )
    writeFileSync(join(folder, 'short.data'), data.subarray(0, -4))
    expect(await problem('short.onnx', 'short.data')).toBe(
      `file: weight "b" of short.onnx: expected at least ${data.length} bytes in "short.data", got ${data.length - 4}: it was cut short`,
    )
    mkdirSync(join(folder, 'sub'), { recursive: true })
    writeFileSync(join(folder, 'sub', 'two.data'), data)
    expect((await said(digits(), beside('sub.onnx', 'sub/two.data'))).metrics.parameters).toBe(size * classes + classes)
    expect(await problem('folder.onnx', 'sub')).toBe(
      'file: weight "w" of folder.onnx: expected a file, got the folder "sub"',
    )
    const elsewhere = await import('node:os').then(({ tmpdir }) => join(tmpdir(), `retort elsewhere ${process.pid}`))
    writeFileSync(elsewhere, data)
    rmSync(join(folder, 'link.data'), { force: true })
    symlinkSync(elsewhere, join(folder, 'link.data'))
    for (const location of ['../one.data', 'sub/../../one.data', elsewhere, 'link.data', '..\\one.data']) {
      expect(await problem('out.onnx', location)).toBe(
        `file: weight "w" of out.onnx: expected a file in the model's folder, got ${JSON.stringify(location)}, which leads out of it`,
      )
    }
    rmSync(elsewhere)
  })
})

describe('the parameters of an ONNX teacher', () => {
  it('are those of graphs inside of it, too, and not the numbers of a formula', async () => {
    const half = (w: Weight): Graph => ({
      outputs: { half: { dims: ['n', classes] } },
      nodes: [
        { op: 'Constant', in: [], out: ['v'], with: { value: w } },
        { op: 'Constant', in: [], out: ['two'], with: { value: { dims: [], values: [2] } } },
        { op: 'MatMul', in: ['flat', 'v'], out: ['twice'] },
        { op: 'Div', in: ['twice', 'two'], out: ['half'] },
      ],
    })
    const teacher = onnxTeacher('if.onnx', {
      inputs: { x: { dims: ['n', 28, 28, 1] } },
      outputs: { y: { dims: ['n', classes] } },
      nodes: [
        { op: 'Flatten', in: ['x'], out: ['flat'] },
        { op: 'ReduceMax', in: ['flat'], out: ['most'], with: { keepdims: 0 } },
        { op: 'Cast', in: ['most'], out: ['any'], with: { to: 9 } },
        {
          op: 'If',
          in: ['any'],
          out: ['y'],
          with: {
            then_branch: half(inside.w),
            else_branch: half({ ...inside.w, ...at('one.data', 64, 4 * weights.length) }),
          },
        },
      ],
    })
    writeFileSync(join(folder, 'one.data'), data)
    const { metrics } = await said(digits(), teacher)
    expect(metrics.parameters).toBe(2 * size * classes)
    expect(metrics.multiplyAccumulates).toBeNull()
  })

  it('are unknown where trees or the like have learned', async () => {
    const teacher = onnxTeacher('ml.onnx', {
      inputs: { x: { dims: ['n', 28, 28, 1] } },
      outputs: { y: { dims: ['n', classes] } },
      nodes: [
        { op: 'Flatten', in: ['x'], out: ['flat'] },
        {
          op: 'LinearClassifier',
          in: ['flat'],
          out: ['label', 'y'],
          domain: 'ai.onnx.ml',
          with: { coefficients: weights, intercepts: bias, classlabels_ints: [...bias.keys()] },
        },
      ],
    })
    const { metrics } = await said(digits(), teacher)
    expect(metrics).toMatchObject({ parameters: null, multiplyAccumulates: null })
  })
})
