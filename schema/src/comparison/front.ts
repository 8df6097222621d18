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
