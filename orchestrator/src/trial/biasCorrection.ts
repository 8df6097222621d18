// Biases for classes that a model has not seen in training, from how frequent they are. A model whose transfer set lacks
// a class learns a bias for it that is much too low (Hinton, Vinyals and Dean, arXiv:1503.02531, section 3, who then set
// it by hand to what the test set likes best). Numbers from logits, no tensors.

/** Far from the solution Newton's steps are far too long: no bias moves by more than this in one, in nats. */
const longestStep = 5

/** What a mean probability may differ from the prior by. */
const tolerance = 1e-10

/** Keeps the curvature invertible where a class's probabilities all but vanish. */
const ridge = 1e-12

/**
 * What to add to the logits of some classes, so that the mean probability of each is its prior:
 * mean over samples of softmax(z + b)_c = prior_c for each of these classes c, and b_k = 0 for all others.
 *
 * That is the maximum of L(b) = sum_c prior_c b_c - mean log sum_k exp(z_k + b_k), the likelihood of a maximum entropy
 * model with the constraint on the means alone (Berger, Della Pietra and Della Pietra, Computational Linguistics 22,
 * 1996, section 2): L is strictly concave, so b is the only one. It takes no labels. Found by Newton's method with a
 * search along the step.
 * @param logits [samples, classes]
 * @param priors by class, above 0, of fewer than all classes, below 1 in all
 * @returns [classes]
 */
export function biasCorrection(
  logits: Float32Array,
  classes: number,
  priors: ReadonlyMap<number, number>,
): Float64Array {
  const corrected = [...priors.keys()]
  const wanted = [...priors.values()]
  const bias = new Float64Array(classes)
  let at = meansOf(logits, bias, corrected)
  for (let step = 0; step < 500; step++) {
    const slope = wanted.map((prior, place) => prior - at.means[place]!)
    if (slope.every((value) => Math.abs(value) < tolerance)) return bias
    const newton = solved(at.curvature, slope)
    const most = Math.max(...newton.map(Math.abs))
    const shrink = Math.min(1, longestStep / most)
    const rise = newton.reduce((sum, value, place) => sum + shrink * value * slope[place]!, 0)
    const value = (found: Means, from: Float64Array) =>
      corrected.reduce((sum, of, place) => sum + wanted[place]! * from[of]!, 0) - found.logSum
    const here = value(at, bias)
    // Armijo's rule; the last digits of L, which the sum over samples rounds, are left out of it.
    for (let part = shrink, share = 1; ; part /= 2, share /= 2) {
      const next = Float64Array.from(bias)
      for (const [place, of] of corrected.entries()) next[of]! += part * newton[place]!
      const there = meansOf(logits, next, corrected)
      if (share > 1e-6 && value(there, next) < here + 1e-4 * share * rise - 1e-14 * Math.abs(here)) continue
      bias.set(next)
      at = there
      break
    }
  }
  throw new Error('no biases were found that make the mean probabilities the class priors')
}

interface Means {
  /** Of each corrected class: its mean probability. */
  means: number[]
  /** mean of log sum_k exp(z_k + b_k). */
  logSum: number
  /** Second derivatives of that: mean of p_c [c = d] - p_c p_d. */
  curvature: number[][]
}

function meansOf(logits: Float32Array, bias: Float64Array, corrected: number[]): Means {
  const classes = bias.length
  const samples = logits.length / classes
  const means = corrected.map(() => 0)
  const products = corrected.map(() => corrected.map(() => 0))
  let logSum = 0
  for (let start = 0; start < logits.length; start += classes) {
    const row = bias.map((value, of) => value + logits[start + of]!)
    const largest = row.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
    const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0)
    const shares = corrected.map((of) => Math.exp(row[of]! - largest) / sum)
    logSum += (largest + Math.log(sum)) / samples
    for (const [one, share] of shares.entries()) {
      means[one]! += share / samples
      for (const [other, theirs] of shares.entries()) products[one]![other]! += (share * theirs) / samples
    }
  }
  const curvature = products.map((row, one) => row.map((product, other) => (one === other ? means[one]! : 0) - product))
  return { means, logSum, curvature }
}

/** Gauss's elimination, which a positive definite matrix lets pass without exchanging rows. */
function solved(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, place) => [...row.with(place, row[place]! + ridge), right[place]!])
  for (const [pivot, row] of rows.entries()) {
    for (const below of rows.slice(pivot + 1)) {
      const factor = below[pivot]! / row[pivot]!
      for (let column = pivot; column < below.length; column++) below[column]! -= factor * row[column]!
    }
  }
  const solution = right.map(() => 0)
  for (let place = rows.length - 1; place >= 0; place--) {
    const row = rows[place]!
    const known = solution.reduce((sum, value, column) => sum + (column > place ? value * row[column]! : 0), 0)
    solution[place] = (row.at(-1)! - known) / row[place]!
  }
  return solution
}
