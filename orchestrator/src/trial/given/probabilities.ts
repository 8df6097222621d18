// Logits from probabilities: their logarithms, which softmax takes back to them.

/** The smallest normal float32: what is below it counts as it, so that no logit is infinite. */
const smallest = 2 ** -126

export const logOf = (probabilities: Float32Array): Float32Array =>
  probabilities.map((probability) => Math.log(Math.max(probability, smallest)))

/** What is wrong with a row of numbers as probabilities; undefined where nothing is. */
export function wrongProbabilities(row: Float32Array): string | undefined {
  const outside = row.find((value) => value < 0 || value > 1.001)
  if (outside !== undefined) return `expected probabilities from 0 to 1, got ${outside}`
  const sum = row.reduce((total, value) => total + value, 0)
  return Math.abs(sum - 1) > 0.01
    ? `expected probabilities whose sum is 1, got ${Number(sum.toPrecision(4))}`
    : undefined
}

/**
 * Whether all rows are probabilities, which logits are by no accident: none is below 0, and the sum of each is 1. Of a
 * column for two classes, whose logits here are 0 and it, whether all of many are from 0 to 1.
 */
export function rowsThatAreProbabilities(rows: Float32Array, classes: number): boolean {
  const count = rows.length / classes
  let [sums, columns] = [true, classes === 2 && count >= 8]
  for (let start = 0; (sums || columns) && start < rows.length; start += classes) {
    const row = rows.subarray(start, start + classes)
    const sum = row.reduce((total, value) => total + value, 0)
    sums &&= Math.abs(sum - 1) < 1e-3 && row.every((value) => value >= 0)
    columns &&= row[0] === 0 && row[1]! >= 0 && row[1]! <= 1
  }
  return count > 1 && (sums || columns)
}
