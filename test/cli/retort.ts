// Runs the built command line as people do: as a process of its own, in a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Experiment } from '@retort/schema/experiment'
import { onTestFinished } from 'vitest'

export const main = resolve(import.meta.dirname, '../../orchestrator/dist/cli/main.js')

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcess
  /** Resolves when standard output holds the text; rejects when the process ends without it. */
  says(text: string): Promise<void>
  ended: Promise<Ended>
}

/** A folder with a space in its name, deleted after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'retort test '))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Starts the command line as the leader of a process group, so that all of it can be killed at once. */
export const start = (cwd: string, ...options: string[]): Running => launch(cwd, process.execPath, [main, ...options])

/** Where no process may have more address space than so many KiB, as Linux can hold it to. */
export const retortWithin = (kibibytes: number, cwd: string, ...options: string[]): Promise<Ended> =>
  launch(cwd, 'sh', ['-c', `ulimit -v ${kibibytes}; exec "$@"`, 'sh', process.execPath, main, ...options]).ended

function launch(cwd: string, command: string, words: string[]): Running {
  // With CI set, which must not colour what a pipe reads.
  const env = { ...process.env, CI: 'true' }
  const stdio = ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe']
  const child = spawn(command, words, { cwd, env, detached: true, stdio })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((settle) => {
    child.on('close', (code, signal) => settle({ code, signal, stdout, stderr }))
  })
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL')
  })
  const says = (text: string) =>
    new Promise<void>((settle, fail) => {
      const look = () => stdout.includes(text) && settle()
      child.stdout.on('data', look)
      ended.then(() => fail(new Error(`it ended without saying "${text}":\n${stdout}\n${stderr}`)))
      look()
    })
  return { child, says, ended }
}

export const retort = (cwd: string, ...options: string[]): Promise<Ended> => start(cwd, ...options).ended

/** A sweep of 1 teacher and 1 student at two temperatures with its baseline: 4 small trials on real MNIST. */
export const small = {
  name: 'small',
  dataset: { type: 'mnist', split: { train: 1280, validation: 500, test: 500 } },
  teachers: [{ id: 'big', architecture: { type: 'mlp', hidden: [64], dropout: 0.2 } }],
  students: [{ id: 'tiny', architecture: { type: 'mlp', hidden: [8] } }],
  temperatures: [1, 4],
  training: { epochs: 2, batchSize: 64 },
  engine: 'onnx',
  device: 'cpu',
  execution: { concurrency: 2, threadsPerTrial: 1 },
} satisfies Experiment

export function write(cwd: string, experiment: unknown, name = 'experiment.json'): string {
  writeFileSync(join(cwd, name), typeof experiment === 'string' ? experiment : JSON.stringify(experiment, null, 2))
  return name
}
