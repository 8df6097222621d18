// Decoupled knowledge distillation (Zhao et al., arXiv:2203.08679, equation 7).
import {
  add,
  cast,
  exp,
  logSoftmax,
  logSumExp,
  mean,
  mul,
  oneHot,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core'
import { klFromLogs } from './divergence.ts'
import type { Objective } from './objective.ts'
import { softened, without } from './softened.ts'

/**
 * T^2 (alpha TCKD + beta NCKD), averaged over the batch; T^2 as in the authors' code. With p = softmax(z / T): TCKD is
 * KL(teacher || student) of the two probabilities p_y and 1 - p_y; NCKD is KL(teacher || student) of the other classes
 * among themselves, softmax over all but y, which are even where all of them are masked. Soft targets are
 * TCKD + (1 - p_y of the teacher) NCKD (equation 5).
 */
export const dkd: Objective<'dkd'> = (lesson, { alpha, beta }) => {
  const { logits, labels, teacherLogits, temperature } = lesson
  const target = cast(oneHot(labels, logits.shape[1]), 'float32') as Tensor2D
  const teacher = parts(softened(teacherLogits, temperature), target)
  const student = parts(softened(logits, temperature), target)
  const ofOutcome = (outcome: 'right' | 'wrong') => mul(exp(teacher[outcome]), sub(teacher[outcome], student[outcome]))
  const targetPart = mean(add(ofOutcome('right'), ofOutcome('wrong')))
  const otherPart = klFromLogs(teacher.others, student.others)
  return mul(mul(temperature, temperature), add(mul(targetPart, alpha), mul(otherPart, beta)))
}

interface Parts {
  /** log p_y and log(1 - p_y), [batch] */
  right: Tensor1D
  wrong: Tensor1D
  /** Logarithms of the others' probabilities among themselves, [batch, classes]; hardly any for y. */
  others: Tensor2D
}

function parts(z: Tensor2D, target: Tensor2D): Parts {
  const others = without(z, target)
  return {
    right: sum(mul(target, logSoftmax(z)), 1),
    // 1 - p_y itself is lost in rounding where p_y is near 1.
    wrong: sub(logSumExp(others, 1), logSumExp(z, 1)),
    others: logSoftmax(others),
  }
}
