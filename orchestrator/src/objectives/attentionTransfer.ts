// Attention transfer by activations (Zagoruyko and Komodakis, arXiv:1612.03928, section 3.1).
import { image, matMul, mean, reshape, square, sub, type Tensor, type Tensor4D, tensor } from '@tensorflow/tfjs-core'
import { flat, overPairs } from './layerPairs.ts'
import { normalised } from './normalised.ts'
import type { Objective } from './objective.ts'

/**
 * Mean over batch and positions of (Q_s - Q_t)^2, summed over the pairs of layers. Q is the map of mean squares over
 * the channels of [batch, height, width, channels], as a vector of length 1 for each sample. Where sizes differ the
 * teacher's map is resized to the student's, bilinearly, before it gets that length; or, as in RepDistiller, the larger
 * features are averaged down to the smaller's size before they are squared. No temperature. The paper has the norm of
 * Q_s - Q_t; its square, averaged, is the authors' code, where the usual weight is 1000.
 */
export const attentionTransfer: Objective<'attention-transfer'> = (lesson, { layers, resize }) =>
  overPairs(lesson, layers, (student, teacher) => {
    const [one, other] =
      resize === 'features' ? [pooled(student, teacher), pooled(teacher, student)] : [student, teacher]
    const ours = attention(one)
    const [, height, width] = ours.shape
    const theirs = attention(other)
    const [, rows, columns] = theirs.shape
    const same = rows === height && columns === width
    const resized = same ? theirs : image.resizeBilinear(theirs, [height, width], false, true)
    return mean(square(sub(normalised(flat(ours)), normalised(flat(resized)))))
  })

/** [batch, height, width, 1] */
const attention = (features: Tensor): Tensor4D => mean(square(features), 3, true)

/**
 * Features averaged down to the size of others where they are larger, as PyTorch's adaptive_avg_pool2d does: place i of n
 * is the mean over floor(i size / n) to ceil((i + 1) size / n).
 */
function pooled(features: Tensor, others: Tensor): Tensor {
  const [batch, height, width, channels] = features.shape as Tensor4D['shape']
  const [, rows, columns] = others.shape as Tensor4D['shape']
  const [down, across] = [Math.min(height, rows), Math.min(width, columns)]
  if (down === height && across === width) return features
  const lower = matMul(averages(height, down), reshape(features, [batch, height, width * channels]))
  const narrower = matMul(averages(width, across), reshape(lower, [batch * down, width, channels]))
  return reshape(narrower, [batch, down, across, channels])
}

/** What averages each place's part of `size`, [1, places, size]. */
function averages(size: number, places: number): Tensor {
  const rows = Array.from({ length: places }, (_, place) => {
    const [from, to] = [Math.floor((place * size) / places), Math.ceil(((place + 1) * size) / places)]
    return Array.from({ length: size }, (_, at) => (at >= from && at < to ? 1 / (to - from) : 0))
  })
  return tensor([rows])
}
