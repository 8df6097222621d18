// The generalised Jensen-Shannon divergence (Agarwal et al., arXiv:2306.13649, equation 1).
import {
  abs,
  add,
  customGrad,
  exp,
  type GradSaveFunc,
  maximum,
  mul,
  neg,
  type Scalar,
  softplus,
  sub,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core'
import { klFromLogs } from './divergence.ts'
import type { Objective } from './objective.ts'
import { logProbabilities } from './softened.ts'

/**
 * T^2 (beta KL(P || M) + (1 - beta) KL(Q || M)) with the teacher's P = softmax(z_t / T), the student's
 * Q = softmax(z_s / T) and M = beta P + (1 - beta) Q; summed over classes, averaged over the batch. It is 0 at both
 * ends of beta, where the limits of the divergence over beta and over 1 - beta stand instead: KL(P || Q) at 0,
 * KL(Q || P) at 1. T^2 is here as in soft targets; the paper has T = 1.
 */
export const jsd: Objective<'jsd'> = ({ logits, teacherLogits, temperature }, { beta }) => {
  const teacher = logProbabilities(teacherLogits, temperature)
  const student = logProbabilities(logits, temperature)
  return mul(mul(temperature, temperature), divergence(teacher, student, beta))
}

/** Of logarithms of probabilities, [batch, classes]. */
function divergence(p: Tensor2D, q: Tensor2D, beta: number): Scalar {
  if (beta === 0) return klFromLogs(p, q)
  if (beta === 1) return klFromLogs(q, p)
  const mixture = logOfSum(add(p, Math.log(beta)), add(q, Math.log(1 - beta)))
  return add(mul(klFromLogs(p, mixture), beta), mul(klFromLogs(q, mixture), 1 - beta))
}

/**
 * log(exp(a) + exp(b)) = max + log(1 + exp(-|a - b|)): with the smaller as base the larger would be lost where they are
 * far from each other. The slopes are the shares of the sum.
 */
function logOfSum(a: Tensor2D, b: Tensor2D): Tensor2D {
  const forward = (...inputs: unknown[]) => {
    const [one, other, save] = inputs as [Tensor2D, Tensor2D, GradSaveFunc]
    const value: Tensor2D = add(maximum(one, other), softplus(neg(abs(sub(one, other)))))
    save([one, other, value])
    const gradFunc = (dy: Tensor, [x, y, total]: Tensor[]) => [x, y].map((part) => mul(dy, exp(sub(part!, total!))))
    return { value, gradFunc }
  }
  return customGrad(forward)(a, b)
}
