// What survives `kill -9`: real processes, killed at any moment.
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Plan } from '@retort/orchestrator/plan/plan'
import { openForReading } from '@retort/schema/open'
import { sweepOf } from '@retort/schema/store/read/sweeps'
import { attemptsOf, epochsOf, logitsOf, trialsOf } from '@retort/schema/store/read/trials'
import { expect, it, onTestFinished } from 'vitest'
import { planOf } from './plans.ts'

const runnerFile = join(import.meta.dirname, 'fixtures/runner.js')

interface Run {
  process: ChildProcess
  output(): string
  /** Resolves when the output matches. */
  says(text: RegExp): Promise<void>
  ended: Promise<number | null>
}

interface Scene {
  folder: string
  plan: Plan
  start(lanes?: number): Run
  log(): string[]
}

function scene(plan: Plan, script: Record<string, string[]> = {}): Scene {
  const folder = mkdtempSync(join(tmpdir(), 'retort kill-'))
  const runs: ChildProcess[] = []
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan))
  writeFileSync(join(folder, 'script.json'), JSON.stringify(script))
  writeFileSync(join(folder, 'log.txt'), '')
  onTestFinished(() => {
    for (const run of runs) killTree(run)
    rmSync(folder, { recursive: true, maxRetries: 10 })
  })
  const start = (lanes = 2): Run => {
    // A process group of its own, so that the whole tree can be killed at once.
    const child = spawn(process.execPath, [runnerFile, folder, String(lanes)], { detached: true })
    runs.push(child)
    let output = ''
    const heard = new Set<() => void>()
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        for (const hear of heard) hear()
      })
    }
    const says = (text: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const hear = () => text.test(output) && resolve()
        heard.add(hear)
        child.once('close', () => reject(new Error(`the runner ended without saying ${text}: ${output}`)))
        hear()
      })
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    return { process: child, output: () => output, says, ended }
  }
  const log = () => readFileSync(join(folder, 'log.txt'), 'utf8').split('\n')
  return { folder, plan, start, log }
}

function killTree(run: ChildProcess): void {
  try {
    process.kill(-run.pid!, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const exists = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const doneIn = (folder: string): string[] => {
  const db = openForReading(join(folder, 'retort.db'))
  try {
    return trialsOf(db, 'sweep').flatMap(({ trial, status }) => (status === 'done' ? [trial] : []))
  } finally {
    db.$client.close()
  }
}

/** What an undisturbed run of the counting worker ends with. */
function expectedAccuracy(trial: string, epochs: number): number {
  let digest = trial
  for (let epoch = 1; epoch <= epochs; epoch++) {
    digest = createHash('sha256').update(`${digest} ${epoch}`).digest('hex')
  }
  return 1 - Number.parseInt(digest.slice(0, 8), 16) / 2 ** 32
}

it('the whole tree killed at any moment: nothing done runs twice, nothing is lost, each trial ends as undisturbed', async () => {
  const epochs = 8
  const { folder, start, log } = scene(planOf({ students: 1, baselines: 3, followers: 1, epochs }))
  let kills = 0
  for (const delay of [150, 250, 400, 600]) {
    const run = start()
    await run.says(/^planned/)
    await sleep(delay * Math.random())
    const done = doneIn(folder)
    if (run.output().includes('ended')) break
    killTree(run.process)
    await run.ended
    kills += 1
    const before = log().length
    const next = start()
    await next.says(/^planned/)
    await sleep(delay * Math.random())
    const starts = log().slice(before - 1)
    for (const trial of done) expect(starts.some((line) => line.startsWith(`start ${trial}`))).toBe(false)
    killTree(next.process)
    await next.ended
  }
  expect(kills).toBeGreaterThan(0)
  const last = start()
  expect(await last.ended, last.output()).toBe(0)

  const db = openForReading(join(folder, 'retort.db'))
  onTestFinished(() => void db.$client.close())
  expect(sweepOf(db, 'sweep')).toMatchObject({ status: 'done', trials: 10, done: 10 })
  for (const { trial, status, validationAccuracy } of trialsOf(db, 'sweep')) {
    expect(status).toBe('done')
    expect(validationAccuracy).toBe(expectedAccuracy(trial, epochs))
    expect(epochsOf(db, trial).map(({ epoch }) => epoch)).toEqual(Array.from({ length: epochs }, (_, at) => at + 1))
    // No epoch was trained twice, in whichever process.
    const trained = log().filter((line) => line.startsWith(`epoch ${trial} `))
    expect(new Set(trained).size).toBe(trained.length)
    const outcomes = attemptsOf(db, trial).map(({ outcome }) => outcome)
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
    expect(outcomes.slice(0, -1).every((outcome) => outcome === 'interrupted')).toBe(true)
  }
  // However often its computing was cut off, it is told of once, and every reader's reading is counted.
  const logits = logitsOf(db, 'sweep')
  expect(logits).toHaveLength(4)
  for (const { computed, trials } of logits) expect([trials, computed]).toEqual([1, 1])
})

it('the runner alone killed: its children end too, even one that never yields', async () => {
  const plan = planOf({ teachers: 0, students: 0, baselines: 2, epochs: 100_000 })
  const { start, log } = scene(plan, { [plan.trials[0]!.id]: ['spin'] })
  const run = start()
  const pids = () => log().flatMap((line) => (line.startsWith('start') ? [Number(line.split(' ')[2])] : []))
  while (pids().length < 2) await sleep(20)
  expect(pids().every(exists)).toBe(true)
  run.process.kill('SIGKILL')
  await run.ended
  while (pids().some(exists)) await sleep(20)
})

it('Ctrl-C, which reaches the children too: they go on to their checkpoints', async () => {
  const { start, folder } = scene(planOf({ students: 2, baselines: 2, epochs: 200 }))
  const run = start()
  await run.says(/^epoch[\s\S]*^epoch[\s\S]*^epoch/m)
  process.kill(-run.process.pid!, 'SIGINT')
  expect(await run.ended, run.output()).toBe(0)
  expect(run.output()).toMatch(/^stopping[\s\S]*^ended interrupted/m)
  const db = openForReading(join(folder, 'retort.db'))
  onTestFinished(() => void db.$client.close())
  const attempts = trialsOf(db, 'sweep').flatMap(({ trial }) => attemptsOf(db, trial))
  expect(attempts.map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['interrupted', null],
    ['interrupted', null],
  ])
})

it('two runners: the second is refused, until the first is dead', async () => {
  const { start, folder } = scene(planOf({ teachers: 0, students: 0, baselines: 1, epochs: 100_000 }))
  const first = start(1)
  await first.says(/^started/m)
  const second = start(1)
  expect(await second.ended).toBe(1)
  const { pid } = first.process
  expect(second.output()).toContain(`sweep "sweep" is being run by process ${pid} since `)
  expect(second.output()).toContain(`(store ${join(folder, 'retort.db')}); wait for it or use another --store`)
  first.process.kill('SIGKILL')
  await first.ended
  const third = start(1)
  await third.says(/^started/m)
  killTree(third.process)
  await third.ended
})
