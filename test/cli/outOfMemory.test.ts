// Trials whose memory is really too short for their batches, and what the commands say of it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openForReading } from '@retort/schema/open'
import type { ConfigurationRow } from '@retort/schema/store/read/ranking'
import { attemptsOf, type TrialRow } from '@retort/schema/store/read/trials'
import type { TrialConfig } from '@retort/schema/trial'
import { expect, it } from 'vitest'
import { folder, retort, retortWithin, small, write } from './retort.ts'

/** In a step of 8,192 one of the first layer's values alone are 822 MB. */
const experiment = {
  name: 'short',
  dataset: { type: 'mnist', split: { train: 8192, validation: 500, test: 500 } },
  students: [{ id: 'wide', architecture: { type: 'cnn', filters: [32], dense: [8] } }],
  training: { epochs: 1, batchSize: 8192, outOfMemory: 'halve-batch' },
  engine: 'onnx',
  device: 'cpu',
  execution: { concurrency: 1, threadsPerTrial: 1, retries: 0 },
}

// Only Linux keeps a process to the memory that it is told.
it.skipIf(process.platform !== 'linux')(
  'halves the batches until the memory that there is suffices (on Linux)',
  async () => {
    const cwd = folder()
    const file = write(cwd, experiment)
    const run = await retortWithin(4_000_000, cwd, 'run', file)
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout).toMatch(/retrying wide \(baseline\), seed 1: it needed [\d.]+ [MG]B at once: /)
    expect(run.stdout).toMatch(/; again with batches of 4096 instead of 8192/)
    expect(run.stdout).toMatch(/done: wide \(baseline\), seed 1: .*, with batches of \d+\n/)

    const { trials } = JSON.parse((await retort(cwd, 'show', 'short', '--json')).stdout) as { trials: TrialRow[] }
    const { reducedBatchSize, trial } = trials[0]!
    expect(trials).toMatchObject([{ status: 'done', batchSize: 8192 }])
    expect([4096, 2048, 1024, 512]).toContain(reducedBatchSize)
    const attempts = attemptsOf(openForReading(join(cwd, '.retort/retort.db')), trial)
    expect(attempts.at(-1)).toMatchObject({ outcome: 'done', batchSize: reducedBatchSize })
    // Between two of them it may have tried to predict fewer at once.
    const sizes = [...new Set(attempts.map(({ batchSize }) => batchSize))]
    expect(sizes).toEqual(sizes.map((_, before) => 8192 / 2 ** before))

    const ranked = JSON.parse((await retort(cwd, 'rank', 'short', '--json')).stdout) as {
      configurations: ConfigurationRow[]
    }
    expect(ranked.configurations).toMatchObject([{ reducedBatchSize, writtenBatchSize: 8192 }])
    expect((await retort(cwd, 'rank', 'short')).stdout).toContain(`wide (baseline) [batch ${reducedBatchSize} of 8192]`)
    expect((await retort(cwd, 'show', 'short')).stdout).toContain(
      `batches of ${reducedBatchSize!.toLocaleString('en-US')} instead of 8,192, since memory was short`,
    )
    await retort(cwd, 'report', 'short', '--format', 'md', '--out', 'report.md')
    expect(readFileSync(join(cwd, 'report.md'), 'utf8')).toMatch(
      new RegExp(`wide \\(baseline\\), seed 1 \\| 8,192 \\| ${reducedBatchSize!.toLocaleString('en-US')} \\|`),
    )
    // What is done is reused, whatever memory there is now.
    expect((await retort(cwd, 'run', file)).stdout).toContain('1 of 1 trials done (1 reused)')
  },
)

/** Few images, since logits are computed of all of a file. */
const idx = { type: 'idx', trainImages: 'images', trainLabels: 'labels', testImages: 'others', testLabels: 'labels' }
function writeImages(cwd: string): void {
  const header = (magic: number, dims: number[]) => {
    const bytes = Buffer.alloc(4 + 4 * dims.length)
    for (const [at, value] of [magic, ...dims].entries()) bytes.writeUInt32BE(value, 4 * at)
    return bytes
  }
  const [count, size] = [30, 28 * 28]
  const pixels = Uint8Array.from({ length: count * size }, (_, at) => (at * 31 + Math.floor(at / size) * 7) % 256)
  const labels = Uint8Array.from({ length: count }, (_, at) => at % 2)
  writeFileSync(join(cwd, 'images'), Buffer.concat([header(0x803, [count, 28, 28]), pixels]))
  writeFileSync(join(cwd, 'others'), Buffer.concat([header(0x803, [count, 28, 28]), pixels.toReversed()]))
  writeFileSync(join(cwd, 'labels'), Buffer.concat([header(0x801, [count]), labels]))
}

// Of 500 samples the first layer's values alone are 1.6 GB; a step of 8 needs little.
const deep = { type: 'cnn', filters: [1024], dense: [8] }
const predicting = {
  ...experiment,
  name: 'deep',
  dataset: { ...idx, split: { train: 16, validation: 10, test: 10 } },
  teachers: [{ id: 'deep', architecture: deep }],
  students: [{ id: 'tiny', architecture: { type: 'mlp', hidden: [4] } }],
  temperatures: [1],
  training: { epochs: 1, batchSize: 8 },
}
const again = /: it needed [\d.]+ GB at once: [^;]*; again with 250 samples predicted at once instead of 500\n/

it.skipIf(process.platform !== 'linux')(
  'predicts fewer samples at once until the memory that there is suffices, which needs no leave (on Linux)',
  async () => {
    const cwd = folder()
    writeImages(cwd)
    const file = write(cwd, predicting)
    const run = await retortWithin(3_000_000, cwd, 'run', file)
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout).toMatch(new RegExp(`retrying deep \\(teacher\\), seed 1${again.source}`))
    expect(run.stdout).toContain('3 of 3 trials done')
    expect(run.stdout).not.toContain('with batches of')
  },
)

it.skipIf(process.platform !== 'linux')('computes logits so, too, of a teacher that is done (on Linux)', async () => {
  const cwd = folder()
  writeImages(cwd)
  const alone = { ...predicting, students: [{ id: 'deep', architecture: deep }], teachers: [] }
  expect((await retort(cwd, 'run', write(cwd, alone))).code).toBe(0)
  const students = [...alone.students, predicting.students[0]]
  const pairs = [{ teacher: { student: 'deep' }, student: 'tiny' }]
  const run = await retortWithin(3_000_000, cwd, 'run', write(cwd, { ...alone, students, pairs }))
  expect(run).toMatchObject({ code: 0, stderr: '' })
  expect(run.stdout).toMatch(new RegExp(`retrying logits of deep \\(baseline\\), seed 1${again.source}`))
  expect(run.stdout).toContain('3 of 3 trials done')
})

it('is part of what a trial is, and the plan names whom it holds for', async () => {
  const cwd = folder()
  const planned = async (changes: object) => {
    const { stdout } = await retort(cwd, 'plan', write(cwd, { ...small, ...changes }), '--json')
    return (JSON.parse(stdout) as { trials: { id: string; model: string; config: TrialConfig }[] }).trials
  }
  const usual = await planned({})
  const students = [{ ...small.students[0], training: { outOfMemory: 'halve-batch' } }]
  const halving = await planned({ students })
  expect(usual.map(({ config }) => config.training.outOfMemory)).toEqual(['fail', 'fail', 'fail', 'fail'])
  expect(halving.map(({ id }) => usual.some((other) => other.id === id))).toEqual([true, false, false, false])

  const text = async (changes: object) => (await retort(cwd, 'plan', write(cwd, { ...small, ...changes }))).stdout
  expect(await text({})).not.toContain('Out of memory')
  expect(await text({ students })).toContain('Out of memory: again with half the batch size (tiny)\n')
  expect(await text({ training: { ...small.training, outOfMemory: 'halve-batch' } })).toContain(
    'Out of memory: again with half the batch size\n',
  )
})
