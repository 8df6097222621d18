// A sweep from the file to the ranking and the exported student, by the command line, on real MNIST.
import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { artifactPath } from '@retort/schema/artifact'
import { openForReading } from '@retort/schema/open'
import { artifactsOf, type TrialRow } from '@retort/schema/store/read/trials'
import { describe, expect, it } from 'vitest'
import { folder, retort, small, write } from './retort.ts'

const json = (text: string) => JSON.parse(text)

describe('retort run', () => {
  it('trains a sweep once, ranks it, and exports a student', async () => {
    const cwd = folder()
    const spec = write(cwd, small)
    const planned = json((await retort(cwd, 'plan', spec, '--json')).stdout)
    expect(planned.trials).toHaveLength(4)
    expect(planned.reused).toBe(0)
    expect(existsSync(join(cwd, '.retort'))).toBe(false)

    const run = await retort(cwd, 'run', spec)
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout.match(/^\[\d\/4\] done: /gm)).toHaveLength(4)
    expect(run.stdout).toContain('4 of 4 trials done (0 reused), 0 failed')

    const show = json((await retort(cwd, 'show', 'small', '--json')).stdout)
    expect(show.logits).toMatchObject([{ teacher: 'big', computed: 1, reads: 2 }])
    for (const trial of show.trials) {
      expect(trial).toMatchObject({ status: 'done', attempts: 1, engine: 'onnx', device: 'cpu', threads: 1 })
      expect(trial.testAccuracy).toBeGreaterThan(0.25)
    }

    const report = json((await retort(cwd, 'rank', 'small', '--json')).stdout)
    const ranked = report.configurations
    const accuracies = ranked.map((each: { validationAccuracy: number }) => each.validationAccuracy)
    expect(accuracies).toHaveLength(3)
    expect(accuracies).toEqual(accuracies.toSorted((a: number, b: number) => b - a))

    // One seed, so no claim.
    expect(report.answer).toContain('"seeds": [1, 2, 3, 4, 5]')
    expect(report.statistics).toMatchObject({ confidence: 0.95, bestIsTested: false })
    for (const { role, comparison } of ranked) {
      expect(comparison.gain?.verdict).toBe(role === 'student' ? 'too few seeds' : undefined)
    }
    const best = ranked[0].trial
    expect((await retort(cwd, 'export', best, '--format', 'onnx', '--out', 'out')).code).toBe(0)
    expect((await retort(cwd, 'export', best.slice(0, 10), '--format', 'tfjs', '--out', 'out')).code).toBe(0)
    expect(readFileSync(join(cwd, 'out/model.onnx')).length).toBe(ranked[0].onnxBytes)
    expect(json(readFileSync(join(cwd, 'out/model.json'), 'utf8')).weightsManifest[0].paths).toEqual(['weights.bin'])

    const { hash } = artifactsOf(openForReading(join(cwd, '.retort/retort.db')), best).find(
      ({ kind }) => kind === 'onnx',
    )!
    const artifact = artifactPath(join(cwd, '.retort'), hash)
    appendFileSync(artifact, 'x')
    const damaged = await retort(cwd, 'export', best, '--format', 'onnx', '--out', 'damaged')
    expect(damaged.stderr).toContain(`is damaged: expected SHA-256 ${hash}`)
    expect(existsSync(join(cwd, 'damaged'))).toBe(false)
    truncateSync(artifact, ranked[0].onnxBytes)

    const again = await retort(cwd, 'run', spec)
    expect(again.code).toBe(0)
    expect(again.stdout).toContain('4 of 4 trials done (4 reused), 0 failed')
    // No time of its own to tell; that of the training was another run's.
    expect((await retort(cwd, 'show', 'small')).stdout).toMatch(
      /^Sweep "small": done, started .*, all reused from earlier runs, which had trained them for \d/,
    )
    expect((await retort(cwd, 'report', 'small')).stdout).toMatch(/, all reused from earlier runs, which had trained/)
    const more = await retort(cwd, 'run', write(cwd, { ...small, temperatures: [1, 2, 4] }))
    expect(more.stdout.match(/^\[\d\/5\] done: /gm)).toHaveLength(1)
    expect(more.stdout).toContain('5 of 5 trials done (4 reused), 0 failed')
    expect((await retort(cwd, 'show', 'small')).stdout).toMatch(
      /, took \d.*, 4 of its trials reused from earlier runs, which had trained them for \d/,
    )
    const shown = json((await retort(cwd, 'show', 'small', '--json')).stdout)
    expect(shown.logits).toMatchObject([{ computed: 1, reads: 3 }])
    expect(shown.trials.every((trial: { attempts: number }) => trial.attempts === 1)).toBe(true)
  })

  it('answers over seeds whether distillation helped', async () => {
    const cwd = folder()
    const warning = 'One seed tells no gain from chance'
    expect((await retort(cwd, 'plan', write(cwd, small))).stdout).toContain(warning)
    const students = small.students.map((student) => ({ ...student, training: { keep: 'best' } }))
    const spec = write(cwd, { ...small, students, seeds: [1, 2, 3], temperatures: [4] })
    const planned = await retort(cwd, 'plan', spec)
    expect(planned.stdout).not.toContain(warning)
    expect(planned.stdout).toContain(
      'Weights kept: those of the last epoch (big); those of the epoch with the best validation accuracy (tiny)',
    )
    const run = await retort(cwd, 'run', spec)
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const ranked = await retort(cwd, 'rank', 'small')
    expect(ranked.stdout).toContain('±: 95 % confidence interval')
    const report = json((await retort(cwd, 'rank', 'small', '--json')).stdout)
    const taught = report.configurations.find(({ role }: { role: string }) => role === 'student')
    const trials = json((await retort(cwd, 'show', 'small', '--json')).stdout).trials as TrialRow[]
    const gains = trials.flatMap(({ role, validationGain }) => (role === 'student' ? [validationGain!] : []))
    expect(taught.comparison.points.map(({ gain }: { gain: number }) => gain)).toEqual(gains)
    const mean = (gains[0]! + gains[1]! + gains[2]!) / 3
    const deviation = Math.sqrt(gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / 2)
    const { validation, verdict } = taught.comparison.gain
    // The table's t for 3 values.
    expect(validation.interval[1] - mean).toBeCloseTo((4.3027 * deviation) / Math.sqrt(3), 5)
    const shown = mean - validation.interval[1] + mean > 0 ? 'better' : validation.interval[1] < 0 ? 'worse' : null
    expect(verdict).toBe(shown ?? 'no difference shown')
    // Classes have as many samples in all seeds: their changes weigh up to that of the test accuracy.
    const { samples } = trials.find(({ role }) => role === 'student')!.perClass!
    const byClass = taught.classChanges.changes as number[]
    const change = byClass.reduce((sum, each, index) => sum + each * samples[index]!, 0) / small.dataset.split.test
    expect(change).toBeCloseTo(taught.comparison.gain.test.mean, 9)
    expect(taught.calibrationError).toBeGreaterThan(0)
    expect(report.answer).toMatch(/^Distillation .* tiny \(1 .*over 3 seeds;/)
    expect(ranked.stdout).toContain(report.answer)
  })

  it('ends a diverging trial, goes on with the others, and exits with 1', async () => {
    const cwd = folder()
    const rates = { 'training.optimizer.learningRate': { values: [1e-3, 1e30] } }
    const optimizer = { type: 'sgd', learningRate: 0.01 }
    const training = { ...small.training, optimizer }
    const spec = write(cwd, { ...small, teachers: [], temperatures: [1], training, sweep: rates })
    const run = await retort(cwd, 'run', spec)
    expect(run.code).toBe(1)
    expect(run.stdout).toContain('1 of 2 trials done (0 reused), 1 failed')
    expect(run.stdout).toMatch(/diverged: tiny \(baseline\), learningRate=1e\+30/)
    const again = await retort(cwd, 'run', spec)
    expect(again.stdout).not.toContain('diverged: tiny')
    expect(again.code).toBe(1)
  })
})

describe('bad input', () => {
  it('is told at once, exits with 2 and writes nothing', async () => {
    const cwd = folder()
    const wrong = {
      ...small,
      temperatures: undefined,
      temperature: [1],
      students: [{ id: 'tiny', architecture: { type: 'mpl', hidden: [8] } }],
    }
    const spec = write(cwd, wrong)
    for (const command of ['validate', 'plan', 'run']) {
      const ended = await retort(cwd, command, spec)
      expect(ended.code).toBe(2)
      expect(ended.stderr).toMatch(/^experiment\.json:\d+:\d+ {2}temperature: .*did you mean "temperatures"\?/m)
      expect(ended.stderr).toMatch(
        /^experiment\.json:\d+:\d+ {2}students\[0\]\.architecture\.type: .*did you mean "mlp"\?/m,
      )
    }
    const { problems } = json((await retort(cwd, 'validate', spec, '--json')).stdout)
    expect(problems).toHaveLength(2)
    expect(existsSync(join(cwd, '.retort'))).toBe(false)
  })

  it('names a model that does not fit the data', async () => {
    const cwd = folder()
    const deep = { id: 'deep', architecture: { type: 'cnn', filters: [4, 4, 4, 4, 4, 4] } }
    const ended = await retort(cwd, 'validate', write(cwd, { ...small, students: [...small.students, deep] }))
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(/^experiment\.json:\d+:\d+ {2}students\[1\]\.architecture\.filters/m)
  })

  it('names data files that are not there', async () => {
    const cwd = folder()
    const files = { trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd' }
    const ended = await retort(cwd, 'validate', write(cwd, { ...small, dataset: { type: 'idx', ...files } }))
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(/^experiment\.json:\d+:\d+ {2}dataset\.trainImages/m)
  })

  it.each([
    [['show', 'smal'], 'there is no store'],
    [['rum', 'x.json'], 'unknown command'],
    [['run'], 'missing required argument'],
    [['run', 'nowhere.json'], 'nowhere.json'],
    [['rank', 'x', '--top', '-1'], 'expected a whole number from 1'],
  ])('%j exits with 2', async (options, message) => {
    const ended = await retort(folder(), ...options)
    expect(ended.stderr).toContain(message)
    expect(ended.code).toBe(2)
  })

  it('names the nearest sweep', async () => {
    const cwd = folder()
    const spec = write(cwd, { ...small, teachers: [], training: { ...small.training, epochs: 1 } })
    expect((await retort(cwd, 'run', spec)).code).toBe(0)
    const ended = await retort(cwd, 'show', 'smal')
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain('did you mean "small"?')
  })
})
