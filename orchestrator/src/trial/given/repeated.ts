// Whether a model says the same of the same samples again: one that was exported while it trained drops out other parts
// each time.

/** How far probabilities may lie apart, which other orders of summing never bring about. */
const tolerance = 0.01

/** @param one logits [samples, classes], as `other` has them */
export function isRepeated(one: Float32Array, other: Float32Array, classes: number): boolean {
  for (let start = 0; start < one.length; start += classes) {
    const [first, second] = [one, other].map((logits) => softmaxOf(logits.subarray(start, start + classes)))
    if (first!.some((share, at) => Math.abs(share - second![at]!) > tolerance)) return false
  }
  return true
}

function softmaxOf(row: Float32Array): Float32Array {
  const most = row.reduce((largest, value) => Math.max(largest, value))
  const powers = row.map((value) => Math.exp(value - most))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}
