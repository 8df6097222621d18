// Fills a store with sweeps as they look in the morning: one done, one running, one that has just begun.
// `tsx test/dashboard/seed.ts FILE` makes one to look at.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { lockStore, type StoreLock } from '@retort/orchestrator/store/lock'
import { openStore } from '@retort/orchestrator/store/store'
import type { Artifact } from '@retort/schema/artifact'
import { artifactPath } from '@retort/schema/artifact'
import * as tables from '@retort/schema/database'
import type { MeasuredName } from '@retort/schema/definitions/derived'
import { asTrained, valuesOf } from '@retort/schema/measurements'
import type { PerClass, TrialMetrics } from '@retort/schema/metrics'
import type { Reader } from '@retort/schema/open'
import { randomNumbers } from './random.ts'
import { experimentOf, hash, type Model, type Planned, plan } from './seedPlan.ts'

const versions = { node: '20.20.2', 'onnxruntime-node': '1.30.0', '@tensorflow/tfjs-core': '4.22.0', retort: '0.1.0' }

export interface SeededSweep {
  id: string
  /** The ids of its trials, in the plan's order. */
  trials: string[]
}

interface SweepSpec {
  name: string
  description: string
  status: 'running' | 'done' | 'interrupted'
  seeds: [number, ...number[]]
  /** How many trials have ended, from the plan's start; as many again as there are processes are running. */
  ended: number
  startedAt: number
}

function addSweep(db: Reader, folder: string, spec: SweepSpec): SeededSweep {
  const planned = plan(spec.name, spec.seeds)
  const random = randomNumbers(spec.name.length)
  const finished = spec.status === 'done'
  db.insert(tables.sweeps)
    .values({
      id: spec.name,
      description: spec.description,
      experiment: experimentOf(spec.name, spec.description, spec.seeds),
      formula: 'loss = hard · CE(y, z_s) + soft · T² · KL(softmax(z_t / T) ‖ softmax(z_s / T))',
      status: spec.status,
      createdAt: spec.startedAt,
      startedAt: spec.startedAt,
      finishedAt: finished ? spec.startedAt + planned.length * 19_000 : null,
    })
    .run()

  planned.forEach((trial, position) => {
    const ended = position < spec.ended
    const running = spec.status === 'running' && !ended && position < spec.ended + 2
    const status = !ended
      ? running
        ? 'running'
        : 'pending'
      : finished && position === 40
        ? 'diverged'
        : finished && position === 61
          ? 'crashed'
          : 'done'
    addTrial(db, folder, spec, trial, position, status, random)
  })

  if (spec.ended > 0) {
    db.insert(tables.logits)
      .values({
        key: hash(`logits of ${planned[0]!.trial}`),
        teacherTrial: planned[0]!.trial,
        artifact: hash(`bytes of the logits of ${planned[0]!.trial}`),
        trainSamples: 60_000,
        testSamples: 10_000,
        classes: 10,
        seconds: 2.4,
        computed: 1,
        reads: planned.slice(0, spec.ended).filter(({ role }) => role === 'student').length,
      })
      .run()
  }
  return { id: spec.name, trials: planned.map(({ trial }) => trial) }
}

function addTrial(
  db: Reader,
  folder: string,
  spec: SweepSpec,
  planned: Planned,
  position: number,
  status: tables.TrialStatus,
  random: () => number,
): void {
  const { config, of, ...row } = planned
  const begun = status !== 'pending'
  const startedAt = begun ? spec.startedAt + position * 18_000 : null
  const ended = begun && status !== 'running'
  const soft = config.distillation
  // Hot and soft is too much for the largest student.
  const spoilt = soft !== null && of.id === 'cnn-16-32' && soft.temperature === 8 && (soft.weights.soft as number) > 0.8
  const help = spoilt
    ? -0.006
    : soft === null
      ? 0
      : of.gain *
        Math.exp(-((Math.log2(soft.temperature as number) - 1.8) ** 2) / 3) *
        ((soft.weights.soft as number) + 0.15)
  // What a seed brings is the same for all; little is a run's own.
  const luck = (randomNumbers(row.seed)() - 0.5) * 0.002
  const right = of.accuracy + help + luck
  const validationAccuracy = Math.round((right + (random() - 0.5) * 0.0006) * 5000) / 5000
  const testAccuracy = Math.round((right - 0.0008 + (random() - 0.5) * 0.0016) * 10_000) / 10_000
  const done = status === 'done'
  const reason =
    status === 'diverged'
      ? 'the loss became NaN at epoch 3, step 41 (learning rate 0.00086)'
      : status === 'crashed'
        ? 'the process ended with SIGSEGV, three times'
        : null

  const metrics: TrialMetrics | null = done
    ? {
        keptEpoch: 8,
        validationLoss: (1 - validationAccuracy) * 3.1,
        validationAccuracy,
        testLoss: (1 - testAccuracy) * 3.2,
        testAccuracy,
        teacherAgreement: row.role === 'student' ? testAccuracy + 0.0021 : null,
        calibrationError: 0.011 + random() * 0.004,
        scaledCalibrationError: 0.004 + random() * 0.002,
        calibrationTemperature: 1.2 + random() * 0.2,
        perClass: perClassOf(testAccuracy, random),
        biasCorrection: null,
        parameters: of.parameters,
        multiplyAccumulates: of.multiplyAccumulates,
        onnxBytes: onnxBytes(of),
        trainSeconds: 15.8 + random(),
      }
    : null
  db.insert(tables.trials)
    .values({
      id: row.trial,
      config,
      status,
      reason,
      ...(begun ? { engine: 'onnx', device: 'cpu', threads: 1, versions } : {}),
      createdAt: spec.startedAt,
      startedAt,
      finishedAt: ended ? startedAt! + 17_400 : null,
      perClass: metrics?.perClass,
    })
    .run()
  for (const [metric, value] of Object.entries(metrics === null ? {} : valuesOf(metrics))) {
    if (value === null) continue
    db.insert(tables.measurements)
      .values({ trial: row.trial, ...asTrained, metric: metric as MeasuredName, value })
      .run()
  }
  db.insert(tables.sweepTrials)
    .values({ ...row, sweep: spec.name, position })
    .run()
  if (!begun) return

  const crashes = status === 'crashed' ? 3 : position === 17 ? 1 : 0
  const outcomes = [...Array<'crashed'>(crashes).fill('crashed'), ...(status === 'crashed' ? [] : [status])]
  outcomes.forEach((outcome, index) => {
    const at = startedAt! + index * 4_000
    db.insert(tables.attempts)
      .values({
        trial: row.trial,
        number: index + 1,
        outcome: outcome as (typeof tables.attempts.$inferInsert)['outcome'],
        reason: outcome === 'crashed' ? 'the process ended with SIGSEGV' : outcome === 'diverged' ? reason : null,
        pid: 41_000 + position,
        engine: 'onnx',
        device: 'cpu',
        resumedEpoch: index === 0 ? 0 : 2,
        startedAt: at,
        finishedAt: outcome === 'running' ? null : at + (index < outcomes.length - 1 ? 3_200 : 17_400 - index * 4_000),
      })
      .run()
  })

  const epochs = done ? 8 : status === 'diverged' ? 2 : 3
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const left = Math.exp(-epoch * 0.75)
    const hardLoss = (1 - validationAccuracy) * 2.2 + 0.42 * left + (random() - 0.5) * 0.004
    const softLoss = soft === null ? null : hardLoss * (soft.temperature as number) * 0.9 + (random() - 0.5) * 0.01
    const accuracy = epoch === 8 ? validationAccuracy : validationAccuracy - 0.09 * left + (random() - 0.5) * 0.001
    db.insert(tables.epochs)
      .values({
        trial: row.trial,
        epoch,
        hardLoss,
        softLoss,
        trainLoss:
          soft === null
            ? hardLoss
            : (soft.weights.hard as number) * hardLoss + (soft.weights.soft as number) * softLoss!,
        validationLoss: (1 - accuracy) * 3.1 + (random() - 0.5) * 0.003,
        validationAccuracy: accuracy,
        learningRate: 0.001 * (0.01 + 0.99 * 0.5 * (1 + Math.cos((Math.PI * epoch) / 8))),
        seconds: 1.9 + random() * 0.2,
        imagesPerSecond: 9_400 + random() * 900,
      })
      .run()
  }

  if (done) addArtifacts(db, folder, row.trial, of)
}

const digitNames = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']

/** Ten classes with a thousand samples each, whose right answers add up to the accuracy of them all. */
function perClassOf(accuracy: number, random: () => number): PerClass {
  const wrong = Array<number>(10).fill(0)
  for (let left = Math.round((1 - accuracy) * 10_000); left > 0; left--) wrong[Math.floor(random() * 10)]!++
  return { correct: wrong.map((count) => 1000 - count), samples: Array<number>(10).fill(1000), names: digitNames }
}

const onnxBytes = (of: Model) => of.parameters * 4 + 1_214

function addArtifacts(db: Reader, folder: string, trial: string, of: Model): void {
  const contents: [Artifact['kind'], Uint8Array][] = [
    ['onnx', Buffer.alloc(onnxBytes(of), `onnx ${trial}`)],
    ['weights', Buffer.alloc(of.parameters * 4, `weights ${trial}`)],
    ['topology', Buffer.from(JSON.stringify({ trial, architecture: of.architecture }))],
  ]
  for (const [kind, bytes] of contents) {
    const path = artifactPath(folder, hash(bytes))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, bytes)
    db.insert(tables.artifacts)
      .values({ trial, kind, hash: hash(bytes), bytes: bytes.length })
      .run()
  }
}

export interface SeededStore {
  done: SeededSweep
  running: SeededSweep
  empty: SeededSweep
  /** The running sweep's: it shows for as long as this process lives or until it is released. */
  lock: StoreLock
}

/** Makes a store and fills it. */
export function seedStore(file: string): SeededStore {
  const store = openStore(file)
  const now = Date.now()
  const seeded = store.db.transaction(() => ({
    done: addSweep(store.db, store.folder, {
      name: 'mnist-night',
      description: 'Which small MNIST model keeps 99 % of the teacher’s accuracy?',
      status: 'done',
      seeds: [1, 2, 3],
      ended: Number.POSITIVE_INFINITY,
      startedAt: now - 9 * 3_600_000,
    }),
    running: addSweep(store.db, store.folder, {
      name: 'mnist-quickstart',
      description: 'Three students of a small convolutional teacher.',
      status: 'running',
      seeds: [1],
      ended: 14,
      startedAt: now - 260_000,
    }),
    empty: addSweep(store.db, store.folder, {
      name: 'mnist-temperatures',
      description: '',
      status: 'interrupted',
      seeds: [7],
      ended: 0,
      startedAt: now - 26 * 3_600_000,
    }),
  }))
  store.close()
  return { ...seeded, lock: lockStore(file, 'sweep "mnist-quickstart"') }
}

const file = process.argv[2]
if (process.argv[1] === import.meta.filename && file !== undefined) {
  const { done, running, empty } = seedStore(file)
  console.log([done, running, empty].map(({ id, trials }) => `${id}: ${trials.length} trials`).join('\n'))
}
