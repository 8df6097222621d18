// Models from files on the command line: planned, trained once, and profiled.
import { copyFileSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ProfileResult } from '@retort/schema/questions'
import { describe, expect, it } from 'vitest'
import { folder, retort, small, write } from './retort.ts'

const topologies = resolve(import.meta.dirname, '../zoo/topologies')

const withFiles = (cwd: string, ...names: string[]) => {
  mkdirSync(join(cwd, 'models'))
  for (const name of names) copyFileSync(join(topologies, `${name}.json`), join(cwd, 'models', `${name}.json`))
}
const student = (name: string, file = `models/${name}.json`) => ({ id: name, architecture: { type: 'keras', file } })

describe('a sweep with models from files', () => {
  it('says what it makes of them, trains them, and trains nothing when a file has only moved', async () => {
    const cwd = folder()
    withFiles(cwd, 'keras3-cnn', 'keras3-lstm', 'keras3-nested')
    const teachers = [student('keras3-cnn')]
    const sweep = {
      ...small,
      teachers,
      students: [student('keras3-lstm'), student('keras3-nested')],
      temperatures: [4],
    }
    const file = write(cwd, { ...sweep, training: { epochs: 1, batchSize: 64 } })
    const planned = await retort(cwd, 'plan', file)
    expect(planned.stderr).toBe('')
    expect(planned.stdout).toContain('keras3-lstm: images of [28, 28, 1] are reshaped to its input of [28, 28]')
    expect(planned.stdout).toContain(
      'keras3-cnn: the softmax of its last layer "dense_1" is left out: the loss takes logits',
    )
    const json = JSON.parse((await retort(cwd, 'plan', file, '--json')).stdout)
    expect(json.trials[0].config.architecture).toEqual({
      type: 'keras',
      file: 'keras3-cnn.json',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    const ran = await retort(cwd, 'run', file)
    expect(ran.stdout).toContain('5 of 5 trials done (0 reused)')
    expect(ran.code).toBe(0)

    renameSync(join(cwd, 'models/keras3-lstm.json'), join(cwd, 'moved.json'))
    const missing = await retort(cwd, 'run', file)
    expect(missing.code).toBe(2)
    expect(missing.stderr).toMatch(
      /^experiment\.json:\d+:\d+ {2}students\[0\]\.architecture\.file: expected the file of a model, got "models\/keras3-lstm\.json": no such file\n$/,
    )
    const students = [student('keras3-lstm', 'moved.json'), student('keras3-nested')]
    const moved = write(cwd, { ...sweep, students, training: { epochs: 1, batchSize: 64 } })
    expect((await retort(cwd, 'run', moved)).stdout).toContain('5 of 5 trials done (5 reused)')
  })

  it('tells of all models that do not fit the data', async () => {
    const cwd = folder()
    withFiles(cwd, 'keras3-cnn')
    const wrong = {
      class_name: 'Sequential',
      config: [{ class_name: 'Dense', config: { units: 3, name: 'few', batch_input_shape: [null, 784] } }],
    }
    write(cwd, wrong, 'few.json')
    write(
      cwd,
      {
        ...wrong,
        config: [{ class_name: 'Dense', config: { units: 10, name: 'x', batch_input_shape: [null, 3072] } }],
      },
      'cifar.json',
    )
    const students = [student('few', 'few.json'), student('cifar', 'cifar.json')]
    const { code, stderr } = await retort(cwd, 'validate', write(cwd, { ...small, students }))
    expect(code).toBe(2)
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => line.replace(/^experiment\.json:\d+:\d+ {2}/, '')),
    ).toEqual([
      'students[0].architecture.file: expected an output of [batch, 10], one logit for each class, got [any, 3] from layer "few"',
      "students[1].architecture.file: expected an input of [28, 28, 1], as the data's images are, got [3072]",
    ])
  })
})

describe('profile', () => {
  const profiles = () => readdirSync(tmpdir()).filter((name) => name.startsWith('retort-profile-'))

  it('shows the costliest operators of a model’s step, and leaves nothing behind', async () => {
    const cwd = folder()
    const file = write(cwd, small)
    const before = profiles()
    const { code, stdout, stderr } = await retort(cwd, 'profile', file, '--student', 'tiny', '--steps', '5', '--json')
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const result = JSON.parse(stdout) as ProfileResult & { model: string; role: string }
    expect(result).toMatchObject({ model: 'tiny', role: 'student', batchSize: 64, steps: 5 })
    expect(result.ranOn).toMatchObject({ engine: 'onnx', device: 'cpu', threads: 1 })
    expect(result.imagesPerSecond).toBeCloseTo(64_000 / result.stepMilliseconds, 3)
    expect(result.compileSeconds).toBeGreaterThan(0)
    const { operators } = result
    expect(operators.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6)
    expect(operators.map(({ share }) => share)).toEqual(operators.map(({ share }) => share).sort((a, b) => b - a))
    // The first layer's product, forward and for its weights' gradient.
    const products = operators.filter(({ layer, operator }) => layer === 'dense1' && /MatMul|Gemm/.test(operator))
    expect(products.map(({ outputs }) => outputs[0]).sort()).toEqual(['float[64,8]', 'float[784,8]'])
    expect(profiles()).toEqual(before)
    const table = (await retort(cwd, 'profile', file, '--teacher', 'big', '--steps', '3', '--top', '2')).stdout
    expect(table).toMatch(/^A training step of big \(teacher\) on onnx \(cpu\), 1 thread:\n[\d.]+ ms for a batch of 64/)
    expect(table).toMatch(/operator +share +ms a step +count\n/)
    expect(table).toMatch(/operator +layer +share +ms +from +to/)
  })

  it.each([
    [['--student', 'tinny'], '--student: expected the id of a student: tiny, got "tinny"; did you mean "tiny"'],
    [['--teacher', 'none'], '--teacher: expected the id of a teacher: big, got "none"'],
    [[], '--student or --teacher: expected the id of one model, got "neither"'],
    [['--student', 'tiny', '--teacher', 'big'], '--student or --teacher: expected the id of one model, got "both"'],
  ])('refuses %j', async (options, message) => {
    const cwd = folder()
    const { code, stderr } = await retort(cwd, 'profile', write(cwd, small), ...options)
    expect(stderr.trim()).toBe(message)
    expect(code).toBe(2)
  })
})
