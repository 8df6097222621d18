// Soft targets of the classes that the teacher holds likeliest, with all others as one: what is left of the divergence
// where only the top of the teacher's predictions is known, as for vocabularies.
import {
  add,
  cast,
  exp,
  greaterEqual,
  logSoftmax,
  logSumExp,
  mean,
  mul,
  slice,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  topk,
} from '@tensorflow/tfjs-core'
import type { Objective } from './objective.ts'
import { softened, without } from './softened.ts'

/**
 * T^2 KL(teacher || student) at temperature T of the teacher's k likeliest classes and of all others together, one
 * probability; summed over these k + 1, averaged over the batch. By the log sum inequality it is at most soft targets,
 * and with all classes it is soft targets. Without that last probability, renormalised over the k, the student's mass
 * elsewhere would cost nothing. Classes as likely as the k-th count among the k, so that no order of equals decides.
 */
export const topK: Objective<'top-k'> = ({ logits, teacherLogits, temperature }, { k }) => {
  const least = slice(topk(teacherLogits, k).values, [0, k - 1], [-1, 1])
  const likeliest = cast(greaterEqual(teacherLogits, least), 'float32') as Tensor2D
  const teacher = parts(softened(teacherLogits, temperature), likeliest)
  const student = parts(softened(logits, temperature), likeliest)
  const ofTop = sum(mul(mul(likeliest, exp(teacher.all)), sub(teacher.all, student.all)), 1)
  const ofRest = mul(exp(teacher.rest), sub(teacher.rest, student.rest))
  return mul(mul(temperature, temperature), mean(add(ofTop, ofRest)))
}

interface Parts {
  /** Logarithms of probabilities, [batch, classes]. */
  all: Tensor2D
  /** That of all less likely classes together, [batch]; hardly any where there are none. */
  rest: Tensor1D
}

function parts(z: Tensor2D, likeliest: Tensor2D): Parts {
  // One minus the sum of the others is lost in rounding where they are nearly all.
  const rest = sub(logSumExp(without(z, likeliest), 1), logSumExp(z, 1)) as Tensor1D
  return { all: logSoftmax(z), rest }
}
