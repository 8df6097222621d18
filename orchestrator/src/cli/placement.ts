// Settles where a sweep runs: "auto" becomes the fastest that works here, and what does not work here is an error.
import { availableParallelism, cpus } from 'node:os'
import type { Experiment } from '@retort/schema/experiment'
import type { Placement } from '@retort/schema/messages'
import type { ProbeResult } from '@retort/schema/questions'
import type { Resolved } from '@retort/schema/resolved'
import { InputError } from '../errors/problem.ts'
import type { Ask } from '../executor/ask.ts'
import { planLanes } from '../executor/local/lanes.ts'
import { probeEngines } from '../executor/probeEngines.ts'
import {
  type Candidate,
  type EngineTime,
  type Setting,
  settingOf,
  type Timed,
  timeEngines,
} from '../executor/timeEngines.ts'
import { largestStudent, type TrainedTrial } from '../plan/largestStudent.ts'
import { type Step, stepKey } from '../plan/stepKey.ts'
import { teacherInStep } from '../plan/teacherInStep.ts'
import { canonical } from '../spec/canonical.ts'
import type { ReadExperiment } from '../spec/read.ts'
import { lockStore } from '../store/lock.ts'
import { keepStepTimes, keptStepTimes, type StepTime } from '../store/stepTimes.ts'
import type { Store } from '../store/store.ts'
import { fastest, nameOf, slowNote, timesText } from './engineTimes.ts'
import type { Prepared } from './prepare.ts'
import { workerUrl } from './worker.ts'

/** What a file's engine and device can be here. */
export interface WorkingEngines {
  /** What was asked for, the likeliest to be fast first; at least one. */
  asked: [Candidate, ...Candidate[]]
  /** What else works, and may be as fast. */
  others: Candidate[]
  /** Why one that was asked for is no good, in sentences for people. */
  notes: string[]
}

export interface Settled {
  placement: Placement
  lanes: ReturnType<typeof planLanes>['lanes']
  /** How it was chosen, in sentences for people. */
  notes: string[]
}

/** @throws InputError where the engine or device that the file asks for does not work here, saying why */
export async function workingEngines(read: ReadExperiment, ask: Ask): Promise<WorkingEngines> {
  const { engine, device } = read.experiment
  // Works wherever Retort installs, so it need not be tried.
  if (engine === 'onnx' && device === 'cpu') return { asked: [{ engine, device, versions: {} }], others: [], notes: [] }
  const { engines } = await probeEngines(ask)
  const tried = engines.filter((each) => matches(each, read.experiment))
  const works = tried.filter((each) => each.works)
  const hopeful = works.filter(({ hopeless }) => hopeless !== true)
  const [first, ...rest] = (hopeful.length > 0 ? hopeful : works).map(candidateOf)
  if (first !== undefined) {
    const others = engines.filter((each) => each.works && each.hopeless !== true && !tried.includes(each))
    const notes = hopeful.length > 0 ? [] : works.map((each) => `${nameOf(each)}, as the file asks: ${each.detail}`)
    return { asked: [first, ...rest], others: others.map(candidateOf), notes }
  }
  const reasons = tried.map((each) => `${nameOf(each)}: ${each.detail}`)
  const message = `engine "${engine}" on device "${device}" does not work here${reasons.map((line) => `\n    ${line}`).join('')}`
  const expected = 'an engine and device that `retort doctor` finds working'
  throw new InputError([read.problem([engine === 'auto' ? 'device' : 'engine'], { expected, found: engine, message })])
}

/** The lanes of a sweep on an engine. */
export function settleOn({ engine, device }: Candidate, { experiment }: ReadExperiment, notes: string[]): Settled {
  const { lanes, threads } = planLanes({ ...experiment.execution, device })
  return { placement: { engine, device, threads }, lanes, notes }
}

/**
 * Takes the engine on which the sweep's largest student trains fastest; where several may be, a step of it is timed on
 * each, and kept in the store.
 * @param worker what times it
 * @throws StoreBusyError when another process runs a sweep in this store
 */
export async function settlePlacement(
  prepared: Prepared,
  working: WorkingEngines,
  store: Store,
  worker = workerUrl,
): Promise<Settled> {
  const { read, plan } = prepared
  const { asked, others, notes } = working
  const settled = (candidate: Candidate, ...more: string[]) => settleOn(candidate, read, [...notes, ...more])
  const trial = asked.length + others.length === 1 ? null : largestOf(prepared)
  if (trial === null) return settled(asked[0])
  const { model } = trial
  const step = stepOf(trial, prepared)
  const described = { key: stepKey(step, machine), model, batchSize: trial.config.training.batchSize, machine }
  const settings = (candidates: Candidate[]) =>
    candidates.map((each) => settingOf(each, read.experiment.execution, plan.trials.length))
  const known = keptStepTimes(store, described.key)
  const timedBefore = (candidates: Candidate[]) =>
    settings(candidates).flatMap((setting): Timed[] => {
      const time = known.find((each) => isOf(each, setting))
      return time === undefined ? [] : [{ ...setting, milliseconds: time.milliseconds }]
    })
  const before = timedBefore(asked)
  if (asked.length === 1) {
    const [own] = before
    return own === undefined ? settled(asked[0]) : settled(asked[0], ...slowNote(own, timedBefore(others), model))
  }
  if (before.length === asked.length) {
    const chosen = fastest(before)!
    return settled(chosen, `${timesText(before, chosen, model)} (timed before)`)
  }
  const times = await timed()
  const succeeded = times.filter((time) => time.milliseconds !== null)
  keepStepTimes(store, described, succeeded)
  const chosen = fastest(succeeded) ?? asked[0]
  return settled(chosen, timesText(times, chosen, model))

  /** While no other sweep keeps the machine busy. */
  async function timed(): Promise<EngineTime[]> {
    const lock = lockStore(store.file, `the timing of engines for sweep "${plan.name}"`)
    try {
      return await timeEngines(settings(asked), read.experiment.execution, step, worker)
    } finally {
      lock.release()
    }
  }
}

const machine =
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${process.platform} ${process.arch}, ` +
  `Node ${process.version}`

function largestOf({ plan, models }: Prepared): TrainedTrial | null {
  const students = models.filter(({ placed }) => placed.path[0] === 'students')
  return largestStudent(
    plan.trials,
    students.map(({ placed, multiplyAccumulates }) => ({ ...placed, multiplyAccumulates })),
  )
}

function stepOf(trial: TrainedTrial, { plan, dataset, models }: Prepared): Step {
  const { inputShape, vocabulary, padding, labelShape, classes } = dataset
  const planned = new Map(plan.trials.map((each) => [each.id, each]))
  const reader = models.find(({ placed }) => placed.path[0] === 'teachers' && placed.model === trial.teacher)
  return {
    config: trial.config,
    samples: { inputShape, vocabulary, padding, labelShape, classes },
    teacher: teacherInStep(trial, planned),
    teacherClasses: reader?.tokens?.classes ?? null,
  }
}

const isOf = (time: StepTime, { engine, device, threads, atOnce, versions }: Setting): boolean =>
  time.engine === engine &&
  time.device === device &&
  time.threads === threads &&
  time.atOnce === atOnce &&
  canonical(time.versions) === canonical(versions)

const candidateOf = ({
  engine,
  device,
  versions,
}: {
  engine: string
  device: string
  versions: Candidate['versions']
}) => ({ engine, device, versions }) as Candidate

const matches = (
  tried: ProbeResult['engines'][number],
  asked: Pick<Resolved<Experiment>, 'engine' | 'device'>,
): boolean =>
  (asked.engine === 'auto' || asked.engine === tried.engine) &&
  (asked.device === 'auto' || asked.device === tried.device)
