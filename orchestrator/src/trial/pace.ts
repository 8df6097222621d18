// How often checkpoints are written after epochs.

/** Between two writes at least so many times as long passes as the last one took: they stay below 2 % of the time. */
const timesAsLong = 50

export interface Pace {
  /** Whether a checkpoint is to be written after this epoch: the same answer for all members of a group. */
  due(epoch: number): boolean
  /** One was written just now, which took so long. */
  wrote(milliseconds: number): void
}

/**
 * A share of the time rather than an interval: what a kill costs stays in proportion, a write of milliseconds is done
 * after nearly every epoch, and one of seconds after an epoch of hours. The first is always written: what it takes
 * is not known before.
 * @param now milliseconds, of a clock that nobody sets
 */
export function createPace(now = () => performance.now()): Pace {
  let next = Number.NEGATIVE_INFINITY
  let asked = { epoch: 0, due: false }
  return {
    due(epoch) {
      if (epoch !== asked.epoch) asked = { epoch, due: now() >= next }
      return asked.due
    },
    wrote(milliseconds) {
      next = Math.max(next, now() + timesAsLong * milliseconds)
    },
  }
}
