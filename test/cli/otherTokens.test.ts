// Teachers with tokenizers of their own on the command line, on a real book: what the plan says of them, a sweep that
// trains students by theirs, and what is told of objectives that compare tokens by name.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mobyDick } from '../data/mobyDick.ts'
import { folder, retort, small, write } from './retort.ts'

const gpt = (width: number) => ({ type: 'causal-transformer', width, depth: 1, heads: 2, expansion: 2 })
const text = mobyDick
const experiment = {
  ...small,
  dataset: { type: 'next-token', text, length: 32, split: { train: 300, validation: 60, test: 60 } },
  teachers: [
    { id: 'words', architecture: gpt(16), tokenizer: { type: 'words', size: 300 } },
    { id: 'same', architecture: gpt(16) },
  ],
  students: [{ id: 'tiny', architecture: gpt(4) }],
  temperatures: [1],
  training: { epochs: 1, batchSize: 16, optimizer: { type: 'adam', learningRate: 0.01 } },
  objective: { type: 'uld' },
}
const other = { ...experiment.teachers[0], id: 'characters' }

it('are planned with the share of positions that they teach at, trained, and compared with others', async () => {
  const cwd = folder()
  const file = write(cwd, experiment)
  const plan = (await retort(cwd, 'plan', file)).stdout
  // A plan is only looked at.
  expect(readdirSync(cwd)).toEqual(['experiment.json'])
  const told =
    /^words: reads windows of (\d+) tokens of its own 302; it teaches at ([\d,]+) of its students' 11,520 positions \((\d+\.\d\d) %\), where a token of both begins, by logits of ([\d.]+) MB$/m
  expect(plan).toContain(
    'the soft part of words: where a token of both begins, mean over these; teachers and baselines',
  )
  const [, , aligned, share, megabytes] = told.exec(plan)!
  const rows = Number(aligned!.replace(',', ''))
  expect(Number(share)).toBeCloseTo((100 * rows) / 11520, 2)
  expect(Number(share)).toBeGreaterThan(15)
  expect(Number(share)).toBeLessThan(30)

  const ran = await retort(cwd, 'run', file)
  expect(ran.stderr).toBe('')
  expect(ran.stdout).toContain('5 of 5 trials done')
  const { logits, trials } = JSON.parse((await retort(cwd, 'show', 'small', '--json')).stdout) as {
    logits: { teacher: string; bytes: number; classes: number }[]
    trials: { teacher: string | null; teacherAgreement: number | null }[]
  }
  const bytes = 2 * rows * 302 + 11520 + 64
  expect(logits).toContainEqual(expect.objectContaining({ teacher: 'words', bytes, classes: 302 }))
  expect(bytes / 1e6).toBeCloseTo(Number(megabytes), 1)
  expect(trials.length).toBe(5)
  // Of a teacher that names other tokens nobody can tell the agreement, nor a share of its accuracy.
  const { configurations } = JSON.parse((await retort(cwd, 'rank', 'small', '--json')).stdout) as {
    configurations: { teacher: string | null; relativeAccuracy: number | null; teacherAgreement: number | null }[]
  }
  expect(configurations).toHaveLength(3)
  const compared = (teacher: string) => configurations.find((each) => each.teacher === teacher)!
  expect(compared('words')).toMatchObject({ relativeAccuracy: null, teacherAgreement: null })
  expect(compared('same')).toMatchObject({
    relativeAccuracy: expect.any(Number),
    teacherAgreement: expect.any(Number),
  })
  const again = await retort(cwd, 'run', file)
  expect(again.stdout).toContain('5 of 5 trials done')
  // What is kept of the texts are the words, with their places; characters are not worth it.
  const tokens = join(cwd, '.retort/tokens')
  const kept = readdirSync(tokens).map((name) => join(tokens, name)) as [string]
  expect(kept).toHaveLength(1)
  const whole = readFileSync(kept[0])
  writeFileSync(kept[0], whole.subarray(0, -4))
  const damaged = (await retort(cwd, 'run', file)).stdout
  expect(damaged).toContain(`${kept[0]} is damaged: expected SHA-256 `)
  expect(damaged).toContain('5 of 5 trials done')
  expect(readFileSync(kept[0]).equals(whole)).toBe(true)
  const profiled = await retort(cwd, 'profile', file, '--student', 'tiny', '--steps', '1')
  expect(profiled.stdout).toContain('512x302')
})

it('are told of where the objective compares tokens by name, or there is nothing that differs', async () => {
  const cwd = folder()
  const layers = [{ student: 'last_norm', teacher: 'last_norm' }]
  const file = write(cwd, {
    ...experiment,
    teachers: [...experiment.teachers, { ...other, tokenizer: { type: 'characters' } }],
    objective: [{ type: 'uld' }, { type: 'top-k', k: 3 }, { type: 'rkd-angle', layers }],
  })
  const { code, stderr } = await retort(cwd, 'plan', file)
  expect(code).toBe(2)
  for (const [place, type] of [
    [1, 'top-k'],
    [2, 'rkd-angle'],
  ]) {
    expect(stderr).toContain(
      `objective[${place}].type: expected "uld", which compares none by name, for teacher "words", whose tokens are not its students’; got "${type}". The tokenizers ("words" there, the data set’s here): model.type is "WordLevel" there and "characters" here; token "<unknown>" is none there and 0 here; token "[PAD]" is 0 there and none here; `,
    )
  }
  expect(stderr).toContain(
    'teachers[2].tokenizer: expected tokens that differ from the data set’s, which a teacher reads without it, got the same',
  )
  expect(stderr).not.toContain('objective[0]')
  // By the one that reads what its students read, all is well.
  const paired = { ...experiment, pairs: [{ teacher: 'same', student: 'tiny' }], objective: { type: 'top-k', k: 3 } }
  expect((await retort(cwd, 'plan', write(cwd, paired))).code).toBe(0)
})

it('are told of a text that is too short for them', async () => {
  const cwd = folder()
  const dataset = { ...experiment.dataset, split: { train: 300, validation: 1, test: 60 } }
  const { code, stderr } = await retort(cwd, 'plan', write(cwd, { ...experiment, dataset }))
  expect(code).toBe(2)
  expect(stderr).toMatch(
    /dataset\.split\.validation: "words" reads it by a tokenizer of its own: expected a stretch of text of at least \d+ tokens of the teacher's own, got \d+/,
  )
})
