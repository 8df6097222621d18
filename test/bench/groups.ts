// Trials an hour for 16 learning rates of one student, one trial after the other and as one group, through the real
// pool: data, training on 20,000 digits for one epoch, scores and export included. One lane of one thread.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planLanes } from '@retort/orchestrator/executor/lanes'
import { createPool } from '@retort/orchestrator/executor/pool'
import type { TrialRequest } from '@retort/schema/messages'
import type { ResolvedArchitecture, TrialConfig } from '@retort/schema/trial'
import { median, saveResults } from './results.ts'

export const members = 16
const rounds = 3
const threads = 1
const workerUrl = new URL('../../orchestrator/dist/trial/worker.js', import.meta.url)

export const students: Record<string, ResolvedArchitecture> = {
  'MLP 784-30-30-10': { type: 'mlp', hidden: [30, 30], activation: 'relu', dropout: 0 },
  'CNN 8-16': {
    type: 'cnn',
    filters: [8, 16],
    kernelSize: 3,
    dense: [],
    batchNorm: false,
    activation: 'relu',
    dropout: 0,
  },
}

export const configOf = (architecture: ResolvedArchitecture, member: number): TrialConfig => ({
  role: 'student',
  dataset: { type: 'mnist', split: { train: 20_000, validation: 5000, test: 5000, seed: 0 }, augmentation: 'none' },
  architecture,
  training: {
    epochs: 1,
    batchSize: 128,
    omitClasses: [],
    correctBias: false,
    outOfMemory: 'fail',
    optimizer: {
      type: 'adam',
      learningRate: 5e-4 * 1.1 ** member,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
    },
    schedule: { type: 'constant', warmupEpochs: 0 },
    keep: 'last',
    labelLoss: { type: 'cross-entropy' },
  },
  seed: 1,
  distillation: null,
})

export async function groups(): Promise<void> {
  const { lanes } = planLanes({ concurrency: 1, threadsPerTrial: threads, device: 'cpu' })
  const pool = createPool({ workerUrl, lanes, stallSeconds: 600 })
  const rows: Record<string, Record<string, number>> = {}
  for (const [name, architecture] of Object.entries(students)) {
    const times: { alone: number[]; group: number[] } = { alone: [], group: [] }
    // The first round is cold: it loads the data and compiles.
    for (let round = 0; round <= rounds; round++) {
      for (const way of ['alone', 'group'] as const) {
        const seconds = await inFolder(async (requests) => {
          const turns = way === 'group' ? [requests] : requests.map((request) => [request])
          for (const turn of turns) {
            const ends = await pool.run(turn, () => {}).ended
            const bad = ends.find(({ outcome }) => outcome !== 'done')
            if (bad !== undefined) throw new Error(`${name}, ${way}: ${JSON.stringify(bad)}`)
          }
        }, architecture)
        if (round > 0) times[way].push(seconds)
      }
    }
    const [alone, group] = [median(times.alone), median(times.group)]
    const perHour = (seconds: number) => Math.round((members / seconds) * 3600)
    rows[name] = {
      'alone, trials/h': perHour(alone),
      'group, trials/h': perHour(group),
      times: Math.round((alone / group) * 100) / 100,
    }
  }
  await pool.close()
  console.log(`${members} trials, one lane of ${threads} thread, median of ${rounds} rounds:`)
  console.table(rows)
  saveResults('groups', { members, rounds, threads, rows })
}

/** @returns the seconds that the trials took */
async function inFolder(
  run: (requests: TrialRequest[]) => Promise<void>,
  architecture: ResolvedArchitecture,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'retort-groups-'))
  const requests = Array.from({ length: members }, (_, member): TrialRequest => {
    const trial = `trial-${member}`
    return {
      task: 'train',
      trial,
      config: configOf(architecture, member),
      placement: { engine: 'onnx', device: 'cpu', threads },
      artifacts: folder,
      checkpoint: join(folder, 'checkpoints', trial),
      logits: null,
      teacher: null,
    }
  })
  const start = performance.now()
  try {
    await run(requests)
    return (performance.now() - start) / 1000
  } finally {
    rmSync(folder, { recursive: true })
  }
}
