// Where the chart's axis of accuracy begins.

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
