// Adds sweeps to a store as the planner plans them and the recorder records them: next tokens with their perplexity,
// corrected biases, batches that memory was short for, a file that was run again with nothing left to train, and results
// of two engines.
// `tsx test/dashboard/seedResults.ts FILE` makes a store of them to look at.
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import type { PlannedTrial } from '@retort/orchestrator/plan/plan'
import { createRecorder } from '@retort/orchestrator/store/record'
import { openStore, type Store } from '@retort/orchestrator/store/store'
import { endSweep, saveSweep } from '@retort/orchestrator/store/sweeps'
import type { RanOn } from '@retort/schema/messages'
import type { EpochRecord, TrialMetrics } from '@retort/schema/metrics'
import type { ResolvedTraining } from '@retort/schema/trial'
import { readValue } from '../plan/arbitrary.ts'
import { randomNumbers } from './random.ts'

const onnx = { engine: 'onnx', device: 'cpu' } as const
const tensorflow = { engine: 'tensorflow', device: 'cpu' } as const

const ranOn = (on: Pick<RanOn, 'engine' | 'device'>): RanOn => ({ ...on, threads: 1, versions: { node: '20.20.2' } })

/** What came out of a trial, as far as it differs from the usual. */
type Outcome = Partial<TrialMetrics> &
  Pick<TrialMetrics, 'validationAccuracy'> & {
    /** The batch sizes that did not fit, and the one that did. */
    batches?: number[]
    /** The engines of its attempts, each of which went on where the one before was interrupted; one by default. */
    engines?: Pick<RanOn, 'engine' | 'device'>[]
  }

/** Plans the experiment and has all of its trials done. */
function addDone(store: Store, experiment: unknown, outcomeOf: (trial: PlannedTrial, place: number) => Outcome): void {
  const plan = makePlan(readValue(experiment))
  saveSweep(store, plan)
  const recorder = createRecorder(store)
  for (const [place, trial] of plan.trials.entries()) {
    const { batches, engines = [onnx], ...own } = outcomeOf(trial, place)
    const { batchSize: written, epochs } = trial.config.training as ResolvedTraining
    const tried = batches ?? engines.map(() => written)
    for (const [before, batchSize] of tried.entries()) {
      const number = before + 1
      const on = engines[before] ?? onnx
      const goesOn = before > 0 && batches === undefined
      const reducedBatchSize = batchSize === written ? null : batchSize
      recorder.attemptStarted(trial.id, { number, pid: 4000 + place, on, batchSize, reducedBatchSize })
      recorder.event(trial.id, number, {
        type: 'started',
        ranOn: ranOn(on),
        engines: goesOn ? engines.slice(0, number) : [on],
        pid: 4000,
        resumedFrom: goesOn ? { epoch: before, step: 0 } : null,
        compileSeconds: 0.2,
      })
      const next = tried[number]
      if (next === undefined) recorder.attemptEnded(trial.id, number, 'done', null)
      else if (next === batchSize) recorder.attemptEnded(trial.id, number, 'interrupted', null)
      else {
        const reason = `it needed 822 MB at once: Failed to allocate memory; again with batches of ${next} instead of ${batchSize}`
        recorder.attemptEnded(trial.id, number, 'out of memory', reason)
      }
    }
    const metrics = metricsOf(own)
    for (let epoch = 1; epoch <= epochs; epoch++) {
      recorder.event(trial.id, tried.length, { type: 'epoch', record: recordOf(epoch, epochs, metrics, trial) })
    }
    recorder.trialEnded(trial.id, { status: 'done', reason: null, results: { metrics, artifacts: [] } })
  }
  endSweep(store, plan.name, 'done')
}

export function metricsOf(own: Partial<TrialMetrics> & Pick<TrialMetrics, 'validationAccuracy'>): TrialMetrics {
  const validationLoss = (1 - own.validationAccuracy) * 3
  const testAccuracy = own.testAccuracy ?? own.validationAccuracy - 0.001
  return {
    keptEpoch: 4,
    validationLoss,
    testLoss: validationLoss * 1.02,
    testAccuracy,
    teacherAgreement: null,
    calibrationError: 0.012,
    scaledCalibrationError: 0.006,
    calibrationTemperature: 1.2,
    perClass: {
      correct: Array.from({ length: 10 }, () => Math.round(testAccuracy * 1000)),
      samples: Array.from({ length: 10 }, () => 1000),
      names: null,
    },
    biasCorrection: null,
    parameters: 13_344,
    multiplyAccumulates: 812_000,
    onnxBytes: 61_204,
    trainSeconds: 30,
    ...own,
  }
}

function recordOf(epoch: number, epochs: number, metrics: TrialMetrics, { config }: PlannedTrial): EpochRecord {
  const left = Math.exp(-2 * (epoch / epochs)) - Math.exp(-2)
  return {
    epoch,
    trainLoss: metrics.validationLoss * (1 + left),
    hardLoss: metrics.validationLoss * (1 + left),
    softLoss: config.distillation === null ? null : metrics.validationLoss * (0.4 + left),
    validationLoss: metrics.validationLoss * (1 + left),
    validationAccuracy: metrics.validationAccuracy - 0.3 * left,
    learningRate: 0.004 * (1 - epoch / epochs),
    seconds: 6,
    imagesPerSecond: 480,
  }
}

const gpt = (width: number) => ({ type: 'causal-transformer', width, depth: 1, heads: 2, expansion: 2 })

/** By objective: validation accuracy, and validation and test loss. The most accurate is not the least perplexed. */
export const tokenResults: Record<string, [accuracy: number, validationLoss: number, testLoss: number]> = {
  'soft-targets': [0.372, 2.219, 2.231],
  'reverse-kl': [0.354, 2.407, 2.42],
  jsd: [0.374, 2.251, 2.26],
}

const nextToken = {
  name: 'next-characters',
  description: 'Which divergence teaches a small model the next character of Moby-Dick?',
  dataset: { type: 'next-token', text: 'moby-dick.txt', length: 64, split: { validation: 400 } },
  teachers: [{ id: 'width-96', architecture: gpt(96) }],
  students: [{ id: 'width-32', architecture: gpt(32) }],
  temperatures: [1],
  lossWeights: [{ hard: 0.1, soft: 0.9 }],
  training: { epochs: 5, batchSize: 16 },
  seeds: [1, 2, 3],
  sweep: { objective: { values: Object.keys(tokenResults).map((type) => ({ type })) } },
}

function addNextToken(store: Store): void {
  const random = randomNumbers(11)
  addDone(store, nextToken, ({ role, config }) => {
    const noise = () => (random() - 0.5) * 0.002
    const type = config.distillation?.objective.at(0)?.type
    const known = role === 'teacher' ? ([0.461, 1.86, 1.87] as const) : type === undefined ? null : tokenResults[type]
    const [accuracy, validationLoss, testLoss] = known ?? [0.339, 2.34, 2.35]
    const size = role === 'teacher' ? { parameters: 238_080, onnxBytes: 964_210 } : {}
    return {
      ...size,
      validationAccuracy: accuracy + noise(),
      testAccuracy: accuracy - 0.002 + noise(),
      validationLoss,
      testLoss,
      perClass: { correct: [2104, 611, 388], samples: [2410, 1530, 1190], names: ['␣', 'e', 't'] },
    }
  })
}

const source = 'arXiv:1503.02531'

const corrected = {
  name: 'without-threes',
  description: 'What a student that has never seen a 3 learns of it from its teacher.',
  dataset: { type: 'mnist', split: { validation: 5000 } },
  teachers: [{ id: 'big', architecture: { type: 'mlp', hidden: [1200, 1200] } }],
  students: [
    {
      id: 'small',
      architecture: { type: 'mlp', hidden: [800, 800] },
      training: { omitClasses: [3], correctBias: true },
    },
  ],
  temperatures: [4, 8],
  training: { epochs: 4 },
  seeds: [1, 2, 3],
  published: [
    { teacher: 'big', testErrors: { errors: 67, of: 10_000 }, source },
    { student: 'small', teacher: 'big', class: 3, biasCorrected: false, testAccuracy: 0.867, source },
    { student: 'small', teacher: 'big', class: 3, testAccuracy: 0.986, source },
    { student: 'small', teacher: 'big', temperature: 8, testErrors: { errors: 109, of: 10_000 }, source },
    { student: 'small', teacher: 'big', temperature: 20, testErrors: { errors: 206, of: 10_000 }, source },
    { student: 'small', teacher: 'big', temperatures: { from: 8, are: 'best' }, source },
  ],
}

/** Of the threes so many of 1,000 are named rightly before and after, with a teacher and without. */
export const threes = { taught: [612, 968], alone: [0, 41] } as const

function addCorrected(store: Store): void {
  const random = randomNumbers(7)
  const others = () => Array.from({ length: 9 }, () => 972 + Math.floor(random() * 12))
  const withThree = (rest: number[], three: number) => [...rest.slice(0, 3), three, ...rest.slice(3)]
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0) / 10_000
  addDone(store, corrected, ({ role }) => {
    if (role === 'teacher') return { validationAccuracy: 0.9865, parameters: 2_395_210 }
    const rest = others()
    const [was, is] = role === 'student' ? threes.taught : threes.alone
    const [before, after] = [withThree(rest, was), withThree(rest, is)]
    return {
      validationAccuracy: sum(after) + 0.001,
      testAccuracy: sum(after),
      perClass: { correct: after, samples: Array.from({ length: 10 }, () => 1000), names: null },
      biasCorrection: {
        shifts: withThree(
          rest.map(() => 0),
          2.81 + random() / 10,
        ),
        before: {
          validationLoss: (1 - sum(before)) * 3,
          validationAccuracy: sum(before) + 0.001,
          testLoss: (1 - sum(before)) * 3.1,
          testAccuracy: sum(before),
          correct: before,
        },
      },
      parameters: 1_276_810,
      onnxBytes: 5_109_204,
    }
  })
}

const short = {
  name: 'short-of-memory',
  description: 'Students as large as this machine can train.',
  dataset: { type: 'mnist', split: { validation: 5000 } },
  teachers: [{ id: 'teacher', architecture: { type: 'mlp', hidden: [64] } }],
  students: [
    { id: 'narrow', architecture: { type: 'cnn', filters: [8], dense: [16] } },
    { id: 'wide', architecture: { type: 'cnn', filters: [64, 128], dense: [256] } },
  ],
  temperatures: [2, 4],
  training: { epochs: 4, batchSize: 1024, outOfMemory: 'halve-batch' },
  seeds: [1, 2],
}

function addShort(store: Store): void {
  const random = randomNumbers(5)
  addDone(store, short, ({ model, role, config }) => {
    if (role === 'teacher') return { validationAccuracy: 0.9885, parameters: 1_100_000, onnxBytes: 4_400_000 }
    const wide = model === 'wide'
    const batches = wide && role === 'student' ? (config.seed === 1 ? [1024, 512] : [1024, 512, 256]) : undefined
    return {
      validationAccuracy: (wide ? 0.981 : 0.962) + (role === 'student' ? 0.004 : 0) + random() / 1000,
      parameters: wide ? 887_306 : 25_386,
      onnxBytes: wide ? 3_550_120 : 103_212,
      trainSeconds: 75,
      ...(batches && { batches }),
    }
  })
  // Once more, when nothing is left to train.
  const plan = makePlan(readValue(short))
  const ended = Date.now()
  while (Date.now() === ended);
  saveSweep(store, plan)
  endSweep(store, plan.name, 'done')
}

const twoEngines = {
  name: 'two-engines',
  description: 'Begun on one engine, ended on another.',
  dataset: { type: 'mnist', split: { validation: 5000 } },
  teachers: [{ id: 'teacher', architecture: { type: 'mlp', hidden: [64] } }],
  students: [{ id: 'small', architecture: { type: 'cnn', filters: [8], dense: [16] } }],
  temperatures: [2, 4, 8],
  training: { epochs: 4 },
}

function addTwoEngines(store: Store): void {
  const random = randomNumbers(3)
  const enginesOf = ({ role, config }: PlannedTrial) => {
    if (role !== 'student') return [onnx]
    return { 2: [onnx], 4: [onnx, tensorflow], 8: [tensorflow] }[config.distillation!.temperature as number]!
  }
  addDone(store, twoEngines, (trial) => ({
    validationAccuracy: (trial.role === 'teacher' ? 0.98 : 0.96) + random() / 1000,
    engines: enginesOf(trial),
  }))
}

export function seedResults(file: string): void {
  const store = openStore(file)
  addNextToken(store)
  addCorrected(store)
  addShort(store)
  addTwoEngines(store)
  store.close()
}

const file = process.argv[2]
if (process.argv[1] === import.meta.filename && file !== undefined) seedResults(file)
