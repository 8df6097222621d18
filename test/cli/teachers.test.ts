// Teachers of every kind, on the command line and on real digits: what is exported from one sweep teaches in another.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { artifactPath } from '@retort/schema/artifact'
import type { Experiment } from '@retort/schema/experiment'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { npy } from '../trial/arrayFiles.ts'
import { files } from '../zoo/topologies/trained.ts'
import { folder, retort, small, start, write } from './retort.ts'

const classes = 10
const [trainSamples, testSamples] = [60_000, 500]

interface Row {
  trial: string
  model: string
  role: string
  teacher: string | null
}

/** Of a store in a folder. */
const reading = <T>(cwd: string, read: (db: Database.Database) => T): T => {
  const db = new Database(join(cwd, '.retort/retort.db'), { readonly: true })
  try {
    return read(db)
  } finally {
    db.close()
  }
}

/** The stored logits of a teacher or student: numbers [60,000 + test samples, 10]. */
function logitsOf(cwd: string, model: string): Float32Array {
  const hash = reading(cwd, (db) =>
    db
      .prepare(
        "SELECT hash FROM artifacts a JOIN sweep_trials s ON s.trial = a.trial WHERE a.kind = 'logits' AND s.model = ?",
      )
      .pluck()
      .get(model),
  ) as string
  const bytes = readFileSync(artifactPath(join(cwd, '.retort'), hash))
  return new Float32Array(Uint8Array.from(bytes.subarray(0, -64)).buffer)
}

const furthest = (one: Float32Array, other: Float32Array): number => {
  expect(one.length).toBe(other.length)
  return one.reduce((most, value, at) => Math.max(most, Math.abs(value - other[at]!)), 0)
}

const softmax = (row: number[]): number[] => {
  const powers = row.map((value) => Math.exp(value - Math.max(...row)))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

/** Trains two teachers and leaves what others make of them: exports in both formats, and their logits as arrays. */
async function exported(cwd: string): Promise<{ first: Float32Array; other: Float32Array }> {
  const trained = {
    ...small,
    name: 'first',
    teachers: [small.teachers[0]!, { id: 'other', architecture: { type: 'cnn', filters: [4], batchNorm: true } }],
    temperatures: [4],
  } satisfies Experiment
  const ran = await retort(cwd, 'run', write(cwd, trained, 'first.json'))
  expect(ran.stderr).toBe('')
  expect(ran.stdout).toContain('5 of 5 trials done')
  const trials = reading(cwd, (db) => db.prepare("SELECT * FROM trial_view WHERE role = 'teacher'").all()) as Row[]
  mkdirSync(join(cwd, 'models'))
  for (const { trial, model } of trials) {
    for (const format of ['onnx', 'tfjs']) {
      const { code } = await retort(cwd, 'export', trial, '--format', format, '--out', `models/${model}`)
      expect(code).toBe(0)
    }
  }
  const [first, other] = [logitsOf(cwd, 'big'), logitsOf(cwd, 'other')]
  const split = trainSamples * classes
  writeFileSync(join(cwd, 'train.npy'), npy([trainSamples, classes], first.slice(0, split)))
  // The test file has 10,000 samples, of which the sweep reports on the first 500.
  const ids = Int32Array.from({ length: testSamples }, (_, at) => testSamples - 1 - at)
  const rows = Float32Array.from([...ids].flatMap((id) => [...first.subarray(split + id * 10, split + id * 10 + 10)]))
  writeFileSync(join(cwd, 'test.npy'), npy([testSamples, classes], rows))
  writeFileSync(join(cwd, 'ids.npy'), npy([testSamples], ids))
  return { first, other }
}

it('teachers that are not trained here are planned, measured, and give the logits of the models that they are', async () => {
  const cwd = folder()
  const { first, other } = await exported(cwd)
  const spec = write(
    cwd,
    {
      ...small,
      name: 'second',
      teachers: [
        { id: 'from-onnx', onnx: { file: 'models/big/model.onnx' } },
        { id: 'from-tfjs', tfjs: { file: 'models/big/model.json' } },
        { id: 'other-tfjs', tfjs: { file: 'models/other/model.json' } },
        {
          id: 'from-files',
          logits: { train: { file: 'train.npy' }, test: { file: 'test.npy', ids: { file: 'ids.npy' } } },
        },
        { id: 'both', ensemble: { of: ['from-onnx', 'other-tfjs'], weights: [2, 1], mean: 'probabilities' } },
        { id: 'mean', ensemble: { of: ['from-files', 'other-tfjs', 'both'] } },
      ],
      temperatures: [4],
    },
    'second.json',
  )
  const planned = await retort(cwd, 'plan', spec)
  expect(planned.stderr).toBe('')
  expect(planned.stdout).toMatch(/teacher +from-onnx +onnx models\/big\/model\.onnx +50,890 +– +/)
  expect(planned.stdout).toMatch(/teacher +from-tfjs +tfjs models\/big\/model\.json +50,890 +50,816 +/)
  expect(planned.stdout).toMatch(/teacher +from-files +logits in train\.npy, test\.npy +– +– +– +1 +0/)
  expect(planned.stdout).toMatch(/teacher +both +mean of probabilities: 0\.6667 from-onnx \+ 0\.3333 other-tfjs +–/)

  const ran = await retort(cwd, 'run', spec)
  expect(ran.stderr).toBe('')
  // The baseline was trained in the first sweep.
  expect(ran.stdout).toContain('13 of 13 trials done (1 reused)')
  expect(furthest(logitsOf(cwd, 'from-onnx'), first)).toBeLessThan(1e-5)
  expect(furthest(logitsOf(cwd, 'from-tfjs'), first)).toBeLessThan(1e-5)
  expect(furthest(logitsOf(cwd, 'other-tfjs'), other)).toBeLessThan(1e-5)
  expect(furthest(logitsOf(cwd, 'from-files'), first)).toBe(0)

  // Worked out here, a row at a time.
  const both = logitsOf(cwd, 'both')
  const mean = logitsOf(cwd, 'mean')
  for (let row = 0; row < trainSamples + testSamples; row += 7) {
    const [a, b, c] = [first, other, both].map((all) => [...all.subarray(row * classes, (row + 1) * classes)])
    const [p, q] = [softmax(a!), softmax(b!)]
    const mixed = p.map((value, at) => (2 * value + q[at]!) / 3)
    for (const [at, value] of mixed.entries()) {
      expect(Math.abs(Math.exp(c![at]!) - value)).toBeLessThan(1e-5)
      expect(Math.abs(mean[row * classes + at]! - (a![at]! + b![at]! + c![at]!) / 3)).toBeLessThan(1e-4)
    }
  }

  const shown = JSON.parse((await retort(cwd, 'show', 'second', '--json')).stdout)
  const big = JSON.parse((await retort(cwd, 'show', 'first', '--json')).stdout).trials[0]
  const { testAccuracy, validationAccuracy } = big
  for (const trial of shown.trials.filter(({ model }: Row) => model.startsWith('from-'))) {
    expect(trial).toMatchObject({ role: 'teacher', status: 'done', testAccuracy, validationAccuracy, epochs: 0 })
  }
  for (const { computed, trials } of shown.logits) expect(computed).toBe(trials)
  expect(Object.fromEntries(shown.logits.map(({ teacher, reads }: never) => [teacher, reads]))).toEqual({
    'from-onnx': 2,
    'from-tfjs': 1,
    'other-tfjs': 3,
    'from-files': 2,
    both: 2,
    mean: 1,
  })
  const ranked = await retort(cwd, 'rank', 'second')
  expect(ranked.stdout).toContain('tiny <- both, T=4')
  expect(ranked.stdout).toMatch(/Teacher from-files: [\d.]+ % validation, [\d.]+ % test, – parameters, –\./)
  // Where a file lies decides nothing.
  const again = JSON.parse(readFileSync(join(cwd, 'second.json'), 'utf8'))
  again.teachers[0].onnx.file = join(cwd, 'models/big/model.onnx')
  expect((await retort(cwd, 'run', write(cwd, again, 'moved.json'))).stdout).toContain(
    '13 of 13 trials done (13 reused)',
  )
})

it('weights that do not fit their model are told of at their place in model.json, before anything trains', async () => {
  const cwd = folder()
  const { json, bytes } = files()
  for (const [index, name] of ['one.bin', 'two.bin'].entries()) writeFileSync(join(cwd, name), bytes[index]!)
  json.weightsManifest[0]!.weights[1]!.shape = [2, 5]
  writeFileSync(join(cwd, 'model.json'), JSON.stringify(json, null, 1))
  const spec = write(cwd, { ...small, teachers: [{ id: 'big', tfjs: { file: 'model.json' } }] })
  const wrong = await retort(cwd, 'validate', spec)
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toMatch(
    /^model\.json:\d+:15 {2}weightsManifest\[0\]\.weights\[1\]\.shape: weight "dense\/bias": expected \[10\], as its layer has it, got \[2, 5\]\n$/,
  )
  json.weightsManifest[0]!.weights[1] = { name: 'other/bias', shape: [10], dtype: 'float32' }
  writeFileSync(join(cwd, 'model.json'), JSON.stringify(json, null, 1))
  const missing = await retort(cwd, 'validate', spec)
  expect(missing.stderr).toContain('weightsManifest: expected a weight dense/bias of the model, got none')
})

it('an assistant teaches seed by seed, and generations follow each other, on real digits', async () => {
  const cwd = folder()
  const spec = write(cwd, {
    ...small,
    students: [small.students[0]!, { id: 'assistant', architecture: { type: 'mlp', hidden: [24] } }],
    pairs: [
      { teacher: 'big', student: 'assistant' },
      { teacher: { student: 'assistant' }, student: 'tiny', generations: 2 },
    ],
    temperatures: [4],
    seeds: [1, 2],
    training: { epochs: 1, batchSize: 64 },
  } satisfies Experiment)
  const ran = await retort(cwd, 'run', spec)
  expect(ran.stderr).toBe('')
  expect(ran.stdout).toContain('11 of 11 trials done')
  const shown = JSON.parse((await retort(cwd, 'show', 'small', '--json')).stdout)
  expect(shown.logits).toMatchObject([
    { teacher: 'assistant', role: 'student', trials: 2, computed: 2, reads: 2 },
    { teacher: 'big', role: 'teacher', trials: 1, computed: 1, reads: 2 },
    { teacher: 'tiny', role: 'student', trials: 2, computed: 2, reads: 2 },
  ])
  const ranked = JSON.parse((await retort(cwd, 'rank', 'small', '--json')).stdout)
  const last = ranked.configurations.find(({ teacher }: Row) => teacher === 'tiny <- assistant <- big')
  expect(last).toMatchObject({ model: 'tiny', n: 2, planned: 2 })
  expect(last.teacherAgreement).toBeGreaterThan(0.2)
  expect((await retort(cwd, 'run', spec)).stdout).toContain('11 of 11 trials done (11 reused)')
})

it('a chain that is killed with all its processes, again and again, ends with the same weights bit for bit', async () => {
  const chain = {
    ...small,
    students: [small.students[0]!, { id: 'assistant', architecture: { type: 'mlp', hidden: [24] } }],
    pairs: [
      { teacher: 'big', student: 'assistant' },
      { teacher: { student: 'assistant' }, student: 'tiny' },
    ],
    temperatures: [4],
  } satisfies Experiment
  const weights = (cwd: string) =>
    reading(cwd, (db) => db.prepare("SELECT trial, hash FROM artifacts WHERE kind = 'weights' ORDER BY trial").all())
  const calm = folder()
  expect((await retort(calm, 'run', write(calm, chain))).code).toBe(0)
  const cwd = folder()
  const spec = write(cwd, chain)
  let killed = 0
  for (let delay = 1500; ; delay += 1100) {
    const run = start(cwd, 'run', spec)
    const end = await Promise.race([run.ended, new Promise<null>((wake) => setTimeout(() => wake(null), delay))])
    if (end !== null) {
      expect(end.code).toBe(0)
      break
    }
    process.kill(-run.child.pid!, 'SIGKILL')
    await run.ended
    killed += 1
  }
  expect(killed).toBeGreaterThan(1)
  expect(weights(cwd)).toEqual(weights(calm))
  expect(weights(cwd)).toHaveLength(5)
  const logits = reading(cwd, (db) => db.prepare('SELECT teacher, trials, computed FROM logits_view ORDER BY 1').all())
  expect(logits).toEqual([
    { teacher: 'assistant', trials: 1, computed: 1 },
    { teacher: 'big', trials: 1, computed: 1 },
  ])
})
