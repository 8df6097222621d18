// Next tokens on the command line: a small text is planned, trained, taught, ranked by accuracy beside its perplexity,
// profiled and exported; what does not fit is told of before anything trains.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProfileResult } from '@retort/schema/questions'
import { expect, it } from 'vitest'
import { folder, retort, small, write } from './retort.ts'

const gpt = (width: number) => ({ type: 'causal-transformer', width, depth: 1, heads: 2, expansion: 2 })
const text = 'the cat sat on the mat, and the rat sat on the cat. '.repeat(60)
const experiment = {
  ...small,
  dataset: { type: 'next-token', text: 'cats.txt', length: 8, split: { validation: 20 } },
  teachers: [{ id: 'big', architecture: gpt(16) }],
  students: [{ id: 'tiny', architecture: gpt(4) }],
  temperatures: [1],
  training: { epochs: 2, batchSize: 16, optimizer: { type: 'adam', learningRate: 0.01 } },
  objective: { type: 'top-k', k: 3 },
}

function texted(changes: object = {}): { cwd: string; file: string } {
  const cwd = folder()
  writeFileSync(join(cwd, 'cats.txt'), text)
  return { cwd, file: write(cwd, { ...experiment, ...changes }) }
}

it('is trained, ranked beside its perplexity, profiled and exported', async () => {
  const { cwd, file } = texted()
  const plan = (await retort(cwd, 'plan', file)).stdout
  // 52 characters 60 times, of which the last tenth is for testing; 14 different ones and what is unknown.
  expect(plan).toContain('samples of 8 tokens of 15, 15 classes')
  expect(plan).toContain('KL(top_3(softmax(z_t / T)) || the same of softmax(z_s / T)), the rest as one')
  expect(plan).toContain('mean over the batch’s positions')
  const ran = await retort(cwd, 'run', file)
  expect(ran.stderr).toBe('')
  expect(ran.stdout).toContain('3 of 3 trials done')
  expect(ran.stdout).toMatch(/validation +test +perplexity +test perplexity +gain/)
  expect(ran.stdout).toMatch(/Teacher big: .* test, perplexity \d+\.?\d*, \d+\.?\d* test, /)
  const { configurations } = JSON.parse((await retort(cwd, 'rank', 'small', '--json')).stdout) as {
    configurations: { testPerplexity: number; validationPerplexity: number; validationLoss: number; trial: string }[]
  }
  expect(configurations).toHaveLength(2)
  for (const { testPerplexity, validationPerplexity, validationLoss } of configurations) {
    expect(validationPerplexity).toBeCloseTo(Math.E ** validationLoss, 9)
    // At random among all characters it would be 15.
    expect(testPerplexity).toBeGreaterThan(1)
    expect(testPerplexity).toBeLessThan(15)
  }
  // 350 windows of 8 in the training file and 38 to test on, 15 logits of two bytes at each position, and two hashes.
  const { logits } = JSON.parse((await retort(cwd, 'show', 'small', '--json')).stdout) as {
    logits: { bytes: number }[]
  }
  expect(logits).toMatchObject([{ bytes: 2 * (350 + 38) * 8 * 15 + 64 }])
  const report = join(cwd, 'report.md')
  expect((await retort(cwd, 'report', 'small', '--format', 'md', '--out', report)).code).toBe(0)
  expect(readFileSync(report, 'utf8')).toMatch(
    /\| teacher \| validation \| test \| perplexity \| test perplexity \| calibration error \|/,
  )
  const profiled = await retort(cwd, 'profile', file, '--student', 'tiny', '--steps', '2', '--json')
  expect((JSON.parse(profiled.stdout) as ProfileResult).operators.length).toBeGreaterThan(10)
  for (const format of ['onnx', 'tfjs']) {
    const out = join(cwd, format)
    const exported = await retort(cwd, 'export', configurations[0]!.trial, '--format', format, '--out', out)
    expect(exported.stderr).toBe('')
    expect(existsSync(out)).toBe(true)
  }
})

it('tells what does not fit a text', async () => {
  const { cwd, file } = texted({
    students: [{ id: 'tiny', architecture: { type: 'transformer' } }],
    objective: { type: 'top-k', k: 16 },
  })
  const { code, stderr } = await retort(cwd, 'run', file)
  expect(code).toBe(2)
  expect(stderr).toContain(
    'students[0].architecture.type: expected an architecture for a class of each position, with logits [8, 15], got logits [15]',
  )
  expect(stderr).toContain("objective.k: expected at most the data's 15 classes, got 16")
})

it('is sorted by perplexity where that is asked for; the rank stays the one by accuracy', async () => {
  const { cwd, file } = texted({ temperatures: [1, 2, 4], training: { ...experiment.training, epochs: 1 } })
  expect((await retort(cwd, 'run', file)).code).toBe(0)
  const sorted = async (...options: string[]) => {
    const { stdout } = await retort(cwd, 'rank', 'small', '--json', ...options)
    const { configurations } = JSON.parse(stdout) as {
      configurations: { configuration: string; rank: number; validationPerplexity: number }[]
    }
    return configurations
  }
  const [byAccuracy, byPerplexity] = [await sorted(), await sorted('--sort', 'perplexity')]
  expect(byAccuracy.map(({ rank }) => rank)).toEqual([1, 2, 3, 4])
  expect(byPerplexity.toSorted((a, b) => a.rank - b.rank)).toEqual(byAccuracy)
  const perplexities = byPerplexity.map(({ validationPerplexity }) => validationPerplexity)
  expect(perplexities).toEqual(perplexities.toSorted((a, b) => a - b))
  const { stdout } = await retort(cwd, 'rank', 'small', '--sort', 'perplexity', '--top', '1')
  expect(stdout).toMatch(new RegExp(`\n${byPerplexity[0]!.rank} +tiny`))
})

it('has no perplexity of data without tokens', async () => {
  const cwd = folder()
  await retort(cwd, 'run', write(cwd, { ...small, teachers: [], training: { epochs: 1, batchSize: 640 } }))
  const { code, stderr } = await retort(cwd, 'rank', 'small', '--sort', 'perplexity')
  expect(code).toBe(2)
  expect(stderr).toBe('--sort perplexity: the classes of sweep "small" are no tokens, so it has none\n')
})

it('is taught by several teachers as one, and by what one of them has left', async () => {
  const { cwd, file } = texted({
    teachers: [
      { id: 'one', architecture: gpt(16) },
      { id: 'other', architecture: gpt(16), seed: 2 },
      { id: 'both', ensemble: { of: ['one', 'other'], weights: [1, 3], mean: 'probabilities' } },
    ],
    pairs: [{ teacher: 'both', student: 'tiny' }],
  })
  const ran = await retort(cwd, 'run', file)
  expect(ran.stderr).toBe('')
  expect(ran.stdout).toContain('5 of 5 trials done')
  const { trials } = JSON.parse((await retort(cwd, 'show', 'small', '--json')).stdout) as {
    trials: { trial: string; model: string; validationAccuracy: number; teacherAgreement: number | null }[]
  }
  const of = (model: string) => trials.find((trial) => trial.model === model)!
  expect(of('both').validationAccuracy).toBeGreaterThan(0)
  const exported = await retort(cwd, 'export', of('one').trial, '--format', 'onnx', '--out', join(cwd, 'one'))
  expect(exported.stderr).toBe('')

  const onnx = readdirSync(join(cwd, 'one')).find((name) => name.endsWith('.onnx'))!
  const own = { id: 'own', onnx: { file: `one/${onnx}` } }
  const second = write(cwd, { ...experiment, name: 'second', teachers: [own] }, 'second.json')
  const again = await retort(cwd, 'run', second)
  expect(again.stderr).toBe('')
  expect(again.stdout).toContain('3 of 3 trials done')
  const rows = JSON.parse((await retort(cwd, 'show', 'second', '--json')).stdout) as { trials: typeof trials }
  const given = rows.trials.find(({ model }) => model === 'own')!
  expect(given.validationAccuracy).toBeCloseTo(of('one').validationAccuracy, 9)
})
