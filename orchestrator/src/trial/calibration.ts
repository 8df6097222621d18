// How far a model's confidence can be trusted, before and after temperature scaling (Guo et al. 2017,
// arXiv:1706.04599): numbers from logits, no tensors.
import { noClass, type Samples } from '../data/data.ts'
import { labelsOf } from '../data/gather.ts'

const bins = 15

/** Beyond these a temperature only says that the validation split is too easy, or too hard, to fit one. */
const temperatures = { least: 0.01, most: 100 }

/**
 * Expected calibration error: over 15 bins of equal width of the largest probability, the mean distance of accuracy
 * from confidence, weighted by the samples in the bin. A share.
 * @param logits [samples, classes], or [samples, positions, classes] where positions have labels
 * @param temperature what logits are divided by first
 */
export function calibrationError(logits: Float32Array, samples: Samples, classes: number, temperature = 1): number {
  const right = new Float64Array(bins)
  const confident = new Float64Array(bins)
  let counted = 0
  for (const [place, label] of labelsOf(samples, logits.length / classes).entries()) {
    if (label === noClass) continue
    counted++
    const { best, sum } = softmaxOf(logits, place, classes, 1 / temperature)
    const confidence = 1 / sum
    // A bin is open on its left: (k / 15, (k + 1) / 15].
    const bin = Math.max(0, Math.ceil(confidence * bins) - 1)
    confident[bin]! += confidence
    if (best === label) right[bin]!++
  }
  // |accuracy - confidence| · share of the samples: the bin's size cancels.
  return right.reduce((total, count, bin) => total + Math.abs(count - confident[bin]!), 0) / counted
}

/**
 * The temperature that makes labels likeliest: the zero of the cross entropy's slope in 1 / temperature, in which it is
 * convex; by Newton's method inside a bracket. At the end of 0.01 to 100 where there is no zero between.
 * @param logits [samples, classes], or [samples, positions, classes] where positions have labels
 */
export function fitTemperature(logits: Float32Array, samples: Samples, classes: number): number {
  const labels = labelsOf(samples, logits.length / classes)
  let [low, high] = [1 / temperatures.most, 1 / temperatures.least]
  let sharpness = 1
  for (let step = 0; step < 60; step++) {
    let slope = 0
    let curvature = 0
    for (const [place, label] of labels.entries()) {
      if (label === noClass) continue
      const { sum, mean, square } = softmaxOf(logits, place, classes, sharpness)
      const expected = mean / sum
      slope += expected - logits[place * classes + label]!
      curvature += square / sum - expected ** 2
    }
    if (slope > 0) high = sharpness
    else low = sharpness
    const newton = sharpness - slope / curvature
    const next = newton > low && newton < high ? newton : Math.sqrt(low * high)
    if (Math.abs(next - sharpness) < 1e-6 * sharpness) return 1 / next
    sharpness = next
  }
  return 1 / sharpness
}

/** Of a row: the class of the largest logit; sums of exp(sharpness · z), times z and z², over the largest such term. */
function softmaxOf(logits: Float32Array, place: number, classes: number, sharpness: number) {
  const start = place * classes
  let best = 0
  for (let of = 1; of < classes; of++) if (logits[start + of]! > logits[start + best]!) best = of
  const top = logits[start + best]!
  let [sum, mean, square] = [0, 0, 0]
  for (let of = 0; of < classes; of++) {
    const logit = logits[start + of]!
    const term = Math.exp(sharpness * (logit - top))
    // Of a class that is masked at -Infinity the products would be no numbers.
    if (term === 0) continue
    sum += term
    mean += term * logit
    square += term * logit ** 2
  }
  return { best, sum, mean, square }
}
