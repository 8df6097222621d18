// Logits from probabilities: their logarithms, which softmax takes back to them.

/** The smallest normal float32: what is below it counts as it, so that no logit is infinite. */
const smallest = 2 ** -126

/** Forests of scikit-learn give the other class of two as 1 - p, which float32 leaves a little below 0 or above 1. */
const rounding = 1e-3

export const logOf = (probabilities: Float32Array): Float32Array =>
  probabilities.map((probability) => Math.log(Math.max(probability, smallest)))

/** What is wrong with a row of numbers as probabilities; undefined where nothing is. */
export function wrongProbabilities(row: Float32Array): string | undefined {
  const outside = row.find((value) => value < -rounding || value > 1 + rounding)
  if (outside !== undefined) return `expected probabilities from 0 to 1, got ${outside}`
  const sum = row.reduce((total, value) => total + value, 0)
  return Math.abs(sum - 1) > 0.01
    ? `expected probabilities whose sum is 1, got ${Number(sum.toPrecision(4))}`
    : undefined
}

/**
 * Whether all rows are probabilities, which logits are by no accident.
 * @returns `rows` where none is below 0 and the sum of each is 1; of many rows also `column` for two classes, whose
 * logits here are 0 and a number from 0 to 1, and `each` where all numbers are from 0 to 1, as of a sigmoid per class
 */
export function probabilitiesIn(rows: Float32Array, classes: number): 'rows' | 'column' | 'each' | null {
  const count = rows.length / classes
  let [sums, each, column] = [count > 1, count >= 8, classes === 2]
  for (let start = 0; (sums || each) && start < rows.length; start += classes) {
    const row = rows.subarray(start, start + classes)
    const sum = row.reduce((total, value) => total + value, 0)
    sums &&= Math.abs(sum - 1) < 1e-3 && row.every((value) => value >= -1e-5)
    each &&= row.every((value) => value >= 0 && value <= 1)
    column &&= row[0] === 0
  }
  if (sums) return 'rows'
  if (!each) return null
  return column ? 'column' : 'each'
}

/** Percents may be whole ones. */
const percentRounding = 1

/** Whether all rows are percentages: of several rows none has a number below 0, and the sum of each is 100. */
export function arePercentages(rows: Float32Array, classes: number): boolean {
  for (let start = 0; start < rows.length; start += classes) {
    const row = rows.subarray(start, start + classes)
    const sum = row.reduce((total, value) => total + value, 0)
    if (!(Math.abs(sum - 100) <= percentRounding) || row.some((value) => value < -1e-3)) return false
  }
  return rows.length > classes
}
