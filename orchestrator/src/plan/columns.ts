// What a trial's distillation is in the columns of tables: numbers where it keeps to one.
import type { Course, Distillation, TrialConfig } from '@retort/schema/trial'

export interface DistillationColumns {
  temperature: number | null
  hardWeight: number | null
  softWeight: number | null
}

/** What changes from epoch to epoch has no number; `coursesOf` names it among the axes. */
export function distillationColumns({ distillation }: Pick<TrialConfig, 'distillation'>): DistillationColumns {
  if (distillation === null) return { temperature: null, hardWeight: null, softWeight: null }
  const { temperature, weights } = distillation
  return { temperature: plain(temperature), hardWeight: plain(weights.hard), softWeight: plain(weights.soft) }
}

/** Temperatures and weights that change from epoch to epoch, by their place in an experiment. */
export function coursesOf({
  temperature,
  weights,
}: Pick<Distillation, 'temperature' | 'weights'>): Record<string, unknown> {
  return {
    ...(isCourse(temperature) ? { temperatures: temperature } : {}),
    ...(isCourse(weights.hard) ? { 'lossWeights.hard': weights.hard } : {}),
    ...(isCourse(weights.soft) ? { 'lossWeights.soft': weights.soft } : {}),
  }
}

const isCourse = (value: number | Course | null): value is Course => typeof value === 'object' && value !== null
const plain = (value: number | Course | null): number | null => (typeof value === 'number' ? value : null)
