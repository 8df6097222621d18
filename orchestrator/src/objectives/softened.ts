// Logits at a temperature, and the logarithms of the probabilities that they stand for, whatever the logits: those of
// classes that are masked (at -1e9, float32's lowest value or -Infinity) over a temperature of a thousandth, too.
import {
  add,
  customGrad,
  div,
  exp,
  type GradSaveFunc,
  log,
  max,
  maximum,
  mul,
  type Scalar,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core'

/**
 * What stands for -Infinity, and for all that is as far below the largest: exp of it is 0, as is that times it, where
 * 0 times -Infinity is no number. Classes masked in one way are as likely as each other.
 */
const least = -1e30

/**
 * (z - max z) / T of each row, at least -1e30. The largest is taken out before the division, so that nothing
 * overflows upwards, and what is near it keeps its digits.
 * @param z [batch, classes], one of each row's above -Infinity
 */
const centered = (z: Tensor2D, temperature: Scalar): Tensor2D =>
  maximum(div(sub(z, max(z, 1, true)), temperature), least)

/**
 * The same, for what does not see a shift of a row's logits, such as softmax: its gradient leaves the largest out, since
 * that of all of a row sums to 0.
 */
export function softened(z: Tensor2D, temperature: Scalar): Tensor2D {
  const forward = (...inputs: unknown[]) => {
    const [logits, save] = inputs as [Tensor2D, GradSaveFunc]
    save([temperature])
    return { value: centered(logits, temperature), gradFunc: (dy: Tensor, [T]: Tensor[]) => div(dy, T!) }
  }
  return customGrad(forward)(z)
}

/** log softmax(z / T), [batch, classes]; finite. */
export function logProbabilities(z: Tensor2D, temperature: Scalar): Tensor2D {
  const forward = (...inputs: unknown[]) => {
    const [logits, save] = inputs as [Tensor2D, GradSaveFunc]
    const raised = centered(logits, temperature)
    const value: Tensor2D = sub(raised, log(sum(exp(raised), 1, true)))
    save([value, temperature])
    const gradFunc = (dy: Tensor, [logs, T]: Tensor[]) => div(sub(dy, mul(exp(logs!), sum(dy, 1, true))), T!)
    return { value, gradFunc }
  }
  return customGrad(forward)(z)
}

/** Far below what the least of `softened` is. */
const out = -1e35

/**
 * Takes classes out of a softmax.
 * @param z `softened`
 * @param taken 1 for those, 0 for the others, [batch, classes]
 */
export const without = (z: Tensor2D, taken: Tensor2D): Tensor2D => add(mul(z, sub(1, taken)), mul(taken, out))
