// Two samples blended into one, mixup (Zhang et al., arXiv:1710.09412, equation 1): who is blended with whom, and how
// much of each. The paper draws one share for a whole batch and shuffles it for partners; here both are the sample's
// own, as they must not depend on the batch that it happens to be in.
import type { ResolvedAugmentation } from '@retort/schema/trial'
import { mixupOf } from '../../spec/mixup.ts'
import { below, type Stream, stream, uniform } from '../random.ts'

/** A blend is share * sample + (1 - share) * partner; both are the same view. */
export interface Mixture {
  /** Its place in the training file. */
  partner: number
  /** From 0 to 1, a float32. */
  share: number
}

/** By the sample's place in the training file. */
export type Mixer = (index: number, view: number) => Mixture

/**
 * @param partners places in the training file of whom may be a partner, each as likely, the sample itself too
 * @returns null where samples stay apart
 */
export function mixer(augmentation: ResolvedAugmentation, partners: Int32Array): Mixer | null {
  const step = mixupOf(augmentation)
  if (step === null) return null
  return (index, view) => {
    const next = stream('mixup', augmentation.seed, index, view)
    const partner = partners[below(partners.length, next)] as number
    // The training step has it as a float32, by which the images are to be blended too.
    return { partner, share: Math.fround(symmetricBeta(step.alpha, next)) }
  }
}

/**
 * A number ~ Beta(alpha, alpha) from two uniform ones, exactly: t * sqrt(2 alpha) is one of Student's t with 2 alpha
 * degrees of freedom (Bailey, Mathematics of Computation 62, 1994, pages 779 to 781), which 1/2 + t / (2 sqrt(1 + t^2))
 * takes to a beta.
 */
export function symmetricBeta(alpha: number, next: Stream): number {
  // Above zero, whose logarithm is infinite.
  const radius = Math.sqrt(Math.expm1(-Math.log(1 - uniform(next)) / alpha))
  const t = radius * Math.cos(2 * Math.PI * uniform(next))
  // sin(atan(t)) = t / sqrt(1 + t^2), where t may be infinite.
  return (1 + Math.sin(Math.atan(t))) / 2
}
