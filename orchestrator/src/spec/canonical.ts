// The one form of what may be written in several: equal texts for what trains alike. Trials are known by it, and lists
// have each item once in it.
import type { AnyConfig } from '@retort/schema/trial'
import canonicalize from 'canonicalize'

/** Canonical JSON (RFC 8785): the order of keys, and how a number is spelt, are no part of it. */
export function canonical(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new Error('only JSON has a canonical form')
  return text
}

/** Which classes are left out counts, and after which epochs the rate falls; not in which order. Parts may be missing. */
export function canonicalTraining(training: Partial<AnyConfig['training']>): string {
  const parts: Record<string, unknown> = { ...training }
  if ('omitClasses' in training) parts.omitClasses = asSet(training.omitClasses)
  if ('schedule' in training && training.schedule?.type === 'step') {
    parts.schedule = { ...training.schedule, milestones: asSet(training.schedule.milestones) }
  }
  return canonical(parts)
}

const asSet = (numbers: unknown): unknown =>
  Array.isArray(numbers) ? [...new Set(numbers as number[])].sort((a, b) => a - b) : numbers
