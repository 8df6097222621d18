// Which configurations nothing smaller beats, and which of them to ship.

export interface Candidate {
  size: number
  accuracy: number
}

/** Smallest first; each is more accurate than all that are smaller or equal in size. */
export function paretoFront<T extends Candidate>(candidates: readonly T[]): T[] {
  const front: T[] = []
  for (const each of candidates.toSorted((a, b) => a.size - b.size || b.accuracy - a.accuracy)) {
    if (front.length === 0 || each.accuracy > front.at(-1)!.accuracy) front.push(each)
  }
  return front
}

export interface Choice<T> {
  /** The most accurate; of equals the smallest. */
  best: T
  /** The smallest that is at most `within` less accurate; of equals the most accurate. May be the best itself. */
  smallest: T
}

/** @param within a difference of shares: 0.005 is half a percentage point */
export function choose<T extends Candidate>(candidates: readonly T[], within: number): Choice<T> | null {
  const front = paretoFront(candidates)
  const best = front.at(-1)
  if (best === undefined) return null
  // Shares are quotients of counts, so an exact half point may come out a hair below.
  const enough = best.accuracy - within - 1e-9
  return { best, smallest: front.find(({ accuracy }) => accuracy >= enough) ?? best }
}

/**
 * Where the accuracy axis begins: low enough for the bulk of the points, so that one diverged student does not
 * flatten all others against the ceiling.
 * @returns the axis' lower end, and how many points lie below it
 */
export function accuracyFloor(accuracies: readonly number[]): { floor: number; below: number } {
  const sorted = accuracies.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!
  if (sorted.length === 0) return { floor: 0, below: 0 }
  const spread = Math.max(at(0.75) - at(0.25), 0.005)
  const fence = at(0.25) - 3 * spread
  const lowest = sorted.find((accuracy) => accuracy >= fence)!
  const margin = Math.max((sorted.at(-1)! - lowest) * 0.08, 0.0005)
  const floor = Math.max(0, Math.floor((lowest - margin) * 1000) / 1000)
  return { floor, below: sorted.filter((accuracy) => accuracy < floor).length }
}
