// The generalised Jensen-Shannon divergence (Agarwal et al., arXiv:2306.13649, equation 1).
import type { JsdObjective } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import { add, div, logSoftmax, mul, type Scalar, softplus, sub, type Tensor2D } from '@tensorflow/tfjs-core'
import { klFromLogs } from './divergence.ts'
import type { Objective } from './objective.ts'

/**
 * T^2 (beta KL(P || M) + (1 - beta) KL(Q || M)) with the teacher's P = softmax(z_t / T), the student's
 * Q = softmax(z_s / T) and M = beta P + (1 - beta) Q; summed over classes, averaged over the batch. It is 0 at both
 * ends of beta, where the limits of the divergence over beta and over 1 - beta stand instead: KL(P || Q) at 0,
 * KL(Q || P) at 1. T^2 is here as in soft targets; the paper has T = 1.
 */
export const jsd: Objective<Resolved<JsdObjective>> = ({ logits, teacherLogits, temperature }, { beta }) => {
  const teacher = logSoftmax(div(teacherLogits, temperature)) as Tensor2D
  const student = logSoftmax(div(logits, temperature)) as Tensor2D
  return mul(mul(temperature, temperature), divergence(teacher, student, beta))
}

/** Of logarithms of probabilities, [batch, classes]. */
function divergence(p: Tensor2D, q: Tensor2D, beta: number): Scalar {
  if (beta === 0) return klFromLogs(p, q)
  if (beta === 1) return klFromLogs(q, p)
  const [weighted, other] = [add(p, Math.log(beta)), add(q, Math.log(1 - beta))]
  // log(exp(a) + exp(b)) = a + log(1 + exp(b - a))
  const mixture = add(weighted, softplus(sub(other, weighted))) as Tensor2D
  return add(mul(klFromLogs(p, mixture), beta), mul(klFromLogs(q, mixture), 1 - beta))
}
