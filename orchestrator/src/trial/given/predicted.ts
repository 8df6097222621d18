// A source that is a model: its logits are forward passes.
import type { Data } from '../../data/data.ts'
import { logitsOf } from '../evaluate.ts'
import type { Predictor } from '../predictor.ts'
import type { Normalise } from './normalise.ts'
import type { Source } from './source.ts'

export function predictedBy(
  { predict, predictBatch, dispose }: Predictor,
  normalise: Normalise,
  data: Data,
  about: Pick<Source, 'sizes' | 'notes'>,
): Source {
  const normalised: Pick<Predictor, 'predict' | 'predictBatch'> = {
    predict: { run: (inputs) => predict.run({ images: normalise(inputs.images!) }) },
    predictBatch,
  }
  return {
    ...about,
    logits: (_, samples, between, view) => logitsOf(normalised, data, samples, between, view),
    close: async () => dispose(),
  }
}
