// What people call a configuration and a trial, and the files that are downloaded.
import { axisValue } from '@retort/schema/axisValue'
import { decimal } from './format.ts'

export interface Named {
  role: 'teacher' | 'student' | 'baseline'
  model: string
  teacher: string | null
  temperature: number | null
  hardWeight: number | null
  softWeight: number | null
  axes: Record<string, unknown>
}

export const roleNames = { student: 'distilled', baseline: 'baseline', teacher: 'teacher' } as const

/** The last part of a path: training.optimizer.learningRate is known as learningRate. */
export const axisName = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

export const temperatureText = (temperature: number): string => `T\u00a0=\u00a0${decimal(temperature)}`

/** The teacher's and the labels' part: T = 4, hard 0.1, soft 0.9. */
export function settings(named: Named): string[] {
  const parts: string[] = []
  if (named.temperature !== null) parts.push(temperatureText(named.temperature))
  if (named.hardWeight !== null && named.softWeight !== null) {
    parts.push(`hard ${decimal(named.hardWeight)} / soft ${decimal(named.softWeight)}`)
  }
  for (const [path, value] of Object.entries(named.axes)) parts.push(`${axisName(path)} ${axisValue(value)}`)
  return parts
}

/** Of each its settings without those that all of them share. */
export const differing = (all: readonly string[][]): string[][] =>
  all.length < 2 ? [...all] : all.map((own) => own.filter((part) => !all.every((other) => other.includes(part))))

/** In a sentence: mlp-32 taught by cnn, T = 4, hard 0.1 / soft 0.9. */
export function sentence(named: Named): string {
  const who = {
    teacher: `${named.model}, the teacher`,
    baseline: `${named.model} ${isScratch(named) ? 'from scratch' : 'without a teacher'}`,
    student: `${named.model} taught by ${named.teacher}`,
  }[named.role]
  return [who, ...settings(named)].join(', ')
}

const labelLoss = 'training.labelLoss'

/** Other baselines have a label loss of their own. */
const isScratch = ({ axes }: Named): boolean => !Object.hasOwn(axes, labelLoss)

const extensions = {
  onnx: 'onnx',
  topology: 'topology.json',
  weights: 'weights.bin',
  tokenizer: 'tokenizer.json',
  logits: 'logits.f32',
} as const
export type ArtifactKind = keyof typeof extensions

export const isArtifactKind = (kind: string): kind is ArtifactKind => Object.hasOwn(extensions, kind)

/** mnist-quickstart-mlp-32-T4-1f2e3d4c.onnx; the trial's first digits tell apart what the rest does not. */
export function downloadName(sweep: string, trial: string, named: Named, kind: ArtifactKind): string {
  const how = {
    student: named.temperature === null ? 'distilled' : `T${named.temperature}`,
    baseline: isScratch(named) ? 'scratch' : 'baseline',
    teacher: 'teacher',
  }[named.role]
  const parts = [sweep, named.model, how, trial.slice(0, 8)]
  return `${parts.join('-').replace(/[^\w.-]/g, '_')}.${extensions[kind]}`
}
