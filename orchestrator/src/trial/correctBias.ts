// Corrects a trained model by the class prior, where its training left classes out: the model that is measured,
// exported and teaches has the corrected biases.
import type { BiasCorrection } from '@retort/schema/metrics'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Data } from '../data/data.ts'
import { biasCorrection } from './biasCorrection.ts'
import { classesOf, logitsOf, scoreOf } from './evaluate.ts'
import type { Workbench } from './workbench.ts'

/**
 * How frequent classes are among the training split's labels, before any are left out.
 * @throws Error where one has no sample: no bias makes its mean probability zero
 */
export function priorsOf({ labels, indices }: Data['train'], omitted: number[]): Map<number, number> {
  return new Map(
    omitted.map((omit) => {
      const samples = indices.reduce((sum, index) => sum + (labels[index] === omit ? 1 : 0), 0)
      if (samples === 0) {
        throw new Error(`training.correctBias: expected samples of class ${omit} in the training split, got none`)
      }
      return [omit, samples / indices.length]
    }),
  )
}

/**
 * Where the bias of the logits stands among a model's weights.
 * @throws Error where its last layer has none
 */
export function logitsBias(model: LayersModel, classes: number): number {
  let last = model.outputs[0]!.sourceLayer
  // What a softmax layer at the end of a model from a file has become.
  while (last.getClassName() === 'Activation' && last.getConfig().activation === 'linear') {
    last = last.inboundNodes[0]!.inboundLayers[0]!
  }
  const bias = last.weights.find(({ originalName }) => /bias(_\d+)?$/.test(originalName))
  if (last.getClassName() !== 'Dense' || bias === undefined || bias.shape[0] !== classes) {
    const got = `${last.getClassName()} layer "${last.name}"`
    throw new Error(`training.correctBias: expected a dense layer with a bias for each class at the end, got ${got}`)
  }
  return model.weights.indexOf(bias)
}

/**
 * Adds to the biases of the classes left out what makes their mean probability over the inputs of the validation split
 * their share of the training split. The training inputs would not do: a model is surer of what it was trained on. No
 * label of the validation split is read for it; the test split is measured, before and after, and decides nothing.
 * @param validated logits of the validation split, [samples, classes]
 */
export async function correctBias(
  workbench: Workbench,
  data: Data,
  validated: Float32Array,
  priors: ReadonlyMap<number, number>,
  alive: () => void,
): Promise<BiasCorrection> {
  const { validation, test, classes } = data
  const shifts = [...biasCorrection(validated, classes, priors)]
  const before = scoreOf(validated, validation, classes)
  const tested = await logitsOf(workbench, data, test, alive)
  const { loss, accuracy } = scoreOf(tested, test, classes)
  const place = logitsBias(workbench.model, classes)
  const values = await workbench.values()
  values[place] = values[place]!.map((value, of) => value + shifts[of]!)
  await workbench.assign(values)
  return {
    shifts,
    before: {
      validationLoss: before.loss,
      validationAccuracy: before.accuracy,
      testLoss: loss,
      testAccuracy: accuracy,
      correct: classesOf(tested, test, classes).correct,
    },
  }
}
