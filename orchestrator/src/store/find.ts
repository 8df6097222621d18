// Finds what a person named on the command line: a sweep by its name, a trial by the first digits of its id.
import { sweeps, trials } from '@retort/schema/database'
import type { Reader } from '@retort/schema/open'
import { and, asc, gte, lt } from 'drizzle-orm'
import { nearest } from '../errors/nearest.ts'

export class NotFoundError extends Error {
  override readonly name = 'NotFoundError'
  readonly exitCode = 2
}

/** @throws NotFoundError naming the nearest sweep, or those that there are */
export function findSweep(db: Reader, name: string): string {
  const names = db
    .select({ id: sweeps.id })
    .from(sweeps)
    .orderBy(asc(sweeps.id))
    .all()
    .map(({ id }) => id)
  if (names.includes(name)) return name
  if (names.length === 0) throw new NotFoundError(`there is no sweep "${name}": the store holds none yet`)
  const near = nearest(name, names)
  const hint = near === undefined ? `the store holds ${listed(names)}` : `did you mean "${near}"?`
  throw new NotFoundError(`there is no sweep "${name}"; ${hint}`)
}

/**
 * @param prefix the id, or as many of its first digits as are unique
 * @returns the whole id
 * @throws NotFoundError when no trial or more than one begins so
 */
export function findTrial(db: Reader, prefix: string): string {
  const digits = prefix.toLowerCase()
  if (!/^[0-9a-f]{1,64}$/.test(digits)) {
    throw new NotFoundError(`a trial is named by the first digits of its id (0-9, a-f), got "${prefix}"`)
  }
  const found = db
    .select({ id: trials.id })
    .from(trials)
    // Every id that begins so lies between the prefix and the prefix followed by the letter after "f".
    .where(and(gte(trials.id, digits), lt(trials.id, `${digits}g`)))
    .orderBy(asc(trials.id))
    .limit(6)
    .all()
    .map(({ id }) => id)
  if (found.length === 0) throw new NotFoundError(`no trial's id begins with "${prefix}"`)
  if (found.length === 1) return found[0]!
  throw new NotFoundError(
    `"${prefix}" begins several trials' ids: ${listed(found.map((id) => id.slice(0, prefix.length + 8)))}`,
  )
}

function listed(names: string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`)
  return names.length > shown.length ? `${shown.join(', ')} and more` : shown.join(', ')
}
