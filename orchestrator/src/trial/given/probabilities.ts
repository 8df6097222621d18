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
