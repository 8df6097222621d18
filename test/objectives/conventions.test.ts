// A loss under another project's convention is what that project's code computes, written here with its reductions.
import '@tensorflow/tfjs-layers'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { lossOf } from '../../orchestrator/src/objectives/loss.ts'
import { valueAt } from '../../orchestrator/src/trial/teaching.ts'
import { readValue } from '../plan/arbitrary.ts'
import { kl, mean, noFeatures, softmax } from './reference.ts'

const student = [
  [0.3, -1.2, 2.1, 0.4],
  [1, 0.2, -1, 0.9],
]
const teacher = [
  [2, -1, 0.5, 0.3],
  [-3, 0.2, 1, 4],
]
const labels = [2, 0]
const T = 3

const crossEntropy = mean(student.map((row, index) => -Math.log(softmax(row)[labels[index]!]!)))
/** PyTorch's KLDivLoss over all samples and classes, with nothing divided away. */
const divergence = student
  .map((row, index) => kl(softmax(teacher[index]!, T), softmax(row, T)))
  .reduce((sum, value) => sum + value, 0)

it.each([
  // F.kl_div(…, size_average=False) * T**2 / y_s.shape[0]
  [{ type: 'repdistiller', gamma: 0.3, alpha: 0.7 }, 0.3 * crossEntropy + (0.7 * divergence * T ** 2) / 2],
  // reduction='batchmean'
  [{ type: 'torchdistill', alpha: 0.4 }, 0.4 * crossEntropy + 0.6 * T ** 2 * (divergence / 2)],
  [{ type: 'torchdistill', alpha: 0.4, beta: 2 }, 0.4 * crossEntropy + 2 * T ** 2 * (divergence / 2)],
  // if alpha == 0: return soft_loss
  [{ type: 'torchdistill', alpha: 0 }, divergence / 2],
  // nn.KLDivLoss() takes the mean over samples and classes
  [{ type: 'takd', lambda: 0.8, classes: 4 }, 0.2 * crossEntropy + 0.8 * T * T * (divergence / (2 * 4))],
])('%j', (convention, expected) => {
  const { experiment } = readValue({
    name: 'small',
    dataset: { type: 'mnist' },
    teachers: [{ id: 'big', architecture: { type: 'mlp', hidden: [8] } }],
    students: [{ id: 'tiny', architecture: { type: 'mlp', hidden: [4] } }],
    convention: { ...convention, temperature: T },
  })
  const { loss } = lossOf(
    { type: 'cross-entropy' },
    { logits: tf.tensor2d(student), labels: tf.tensor1d(labels, 'int32') },
    {
      terms: [experiment.objective].flat(),
      weights: [[]],
      features: noFeatures,
      teacherLogits: tf.tensor2d(teacher),
      temperature: tf.scalar(valueAt(experiment.temperatures[0]!, 1, 1)),
      hardWeight: tf.scalar(valueAt(experiment.lossWeights[0]!.hard, 1, 1)),
      softWeight: tf.scalar(valueAt(experiment.lossWeights[0]!.soft, 1, 1)),
      termWeights: [experiment.objective].flat().map(({ weight }) => tf.scalar(valueAt(weight, 1, 1))),
    },
  )
  expect(loss.arraySync()).toBeCloseTo(expected, 5)
})
