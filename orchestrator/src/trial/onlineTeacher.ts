// A teacher that runs in its student's training step, for objectives on features. It is frozen: its weights are read
// from its artifact, it runs as it does when it is used, and nothing flows back into it.
import type { ResolvedArchitecture, ResolvedObjective } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Fitted } from '../data/data.ts'
import type { FeatureShapes, OwnWeights } from '../objectives/objective.ts'
import { ownWeights } from '../objectives/ownWeights.ts'
import { layerPairsOf } from '../spec/objectives.ts'
import { buildModel } from '../zoo/buildModel.ts'
import { layerShapes, type View, viewOf } from '../zoo/features.ts'

export interface OnlineTeacher {
  /** Gives the student's logits and the features of the layers that objectives name. */
  student: View
  /** Gives the features of the teacher's layers, and computes nothing beyond them. */
  teacher: View
  /** Trained with the student, per objective; no part of either model. */
  own: tf.Variable[][]
  /** The teacher's, which a step only reads. */
  weights: tf.Variable[]
  /** Draws the objectives' own weights anew. */
  reset(seed: number): void
  /**
   * @param bytes of the teacher's artifact `weights`: float32, little-endian, in its model's order
   * @throws Error when they are another model's
   */
  assign(bytes: Uint8Array): void
  dispose(): void
}

/**
 * Null where no objective compares features.
 * @param architecture the teacher's
 */
export function onlineTeacher(
  student: LayersModel,
  terms: ResolvedObjective[],
  architecture: ResolvedArchitecture | null,
  { inputShape, classes, vocabulary, padding }: Fitted,
): OnlineTeacher | null {
  const pairs = layerPairsOf(terms)
  if (pairs.length === 0) return null
  if (architecture === null) throw new Error('objectives on features need the architecture of the teacher')
  const teacher = buildModel(architecture, inputShape, classes, 0, vocabulary, padding)
  const shapes = {
    student: layerShapes(student) as FeatureShapes['student'],
    teacher: layerShapes(teacher) as FeatureShapes['teacher'],
  }
  const own = terms.map((term) => {
    const shapesOf = ownWeights[term.type] as OwnWeights | undefined
    return (shapesOf?.(term, shapes) ?? []).map((shape) => tf.tidy(() => tf.variable(tf.zeros(shape))))
  })
  const weights = teacher.weights.map((weight) => weight.read() as tf.Variable)
  const namesOf = (side: 'student' | 'teacher') => [...new Set(pairs.map((pair) => pair[side]))]
  return {
    student: viewOf(student, namesOf('student'), true),
    teacher: viewOf(teacher, namesOf('teacher'), false),
    own,
    weights,
    reset(seed) {
      for (const [place, weight] of own.flat().entries()) tf.tidy(() => weight.assign(drawn(weight.shape, seed, place)))
    },
    assign(bytes) {
      const expected = 4 * weights.reduce((sum, { size }) => sum + size, 0)
      if (bytes.length !== expected) {
        throw new Error(`the teacher's weights: expected ${expected} bytes, got ${bytes.length}`)
      }
      // Copied, since a Float32Array has to start at a multiple of four bytes.
      const numbers = new Float32Array(Uint8Array.from(bytes).buffer)
      let place = 0
      for (const weight of weights) {
        const values = numbers.subarray(place, place + weight.size)
        tf.tidy(() => weight.assign(tf.tensor(values, weight.shape)))
        place += weight.size
      }
    },
    dispose() {
      teacher.dispose()
      tf.dispose(own)
    },
  }
}

/** Kernels uniform within sqrt(6 / (fan in + fan out)) (Glorot and Bengio, 2010), biases 0. */
function drawn(shape: number[], seed: number, place: number): tf.Tensor {
  if (shape.length < 2) return tf.zeros(shape)
  const limit = Math.sqrt(6 / (shape.at(-2)! + shape.at(-1)!))
  // Far from the seeds of the model's own weights, which initialise.ts counts from the seed's multiple of 65,536.
  return tf.randomUniform(shape, -limit, limit, 'float32', (seed + 1) * 65_536 - 2 - place)
}
