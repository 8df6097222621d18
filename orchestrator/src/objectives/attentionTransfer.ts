// Attention transfer by activations (Zagoruyko and Komodakis, arXiv:1612.03928, section 3.1).
import type { AttentionTransferObjective } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import { image, mean, square, sub, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import { flat, overPairs } from './layerPairs.ts'
import { normalised } from './normalised.ts'
import type { Objective } from './objective.ts'

/**
 * Mean over batch and positions of (Q_s - Q_t)^2, summed over the pairs of layers. Q is the map of mean squares over
 * the channels of [batch, height, width, channels], as a vector of length 1 for each sample. Where sizes differ the
 * teacher's map is resized to the student's, bilinearly, before it gets that length. No temperature. The paper has the
 * norm of Q_s - Q_t; its square, averaged, is the authors' code, where the usual weight is 1000.
 */
export const attentionTransfer: Objective<Resolved<AttentionTransferObjective>> = (lesson, { layers }) =>
  overPairs(lesson, layers, (student, teacher) => {
    const ours = attention(student)
    const [, height, width] = ours.shape
    const theirs = attention(teacher)
    const [, rows, columns] = theirs.shape
    const same = rows === height && columns === width
    const resized = same ? theirs : image.resizeBilinear(theirs, [height, width], false, true)
    return mean(square(sub(normalised(flat(ours)), normalised(flat(resized)))))
  })

/** [batch, height, width, 1] */
const attention = (features: Tensor): Tensor4D => mean(square(features), 3, true)
