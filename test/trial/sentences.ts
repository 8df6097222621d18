// Token ids that tests of trials learn from.
import type { DrawnDataset } from '@retort/schema/trial'
import { assemble } from '../../orchestrator/src/data/assemble.ts'
import { type Data, noClass, type Samples } from '../../orchestrator/src/data/data.ts'
import { below, stream } from '../../orchestrator/src/data/random.ts'

export const [length, vocabulary] = [12, 30]
const split: DrawnDataset['split'] = { train: 'rest', validation: 60, test: 'all', seed: 0 }

/** Sentences of chance, one token of each of which, 1, 2 or 3, at whatever place, is the class. */
function sentences(samples: number, name: string): Pick<Samples, 'inputs' | 'labels'> {
  const next = stream(name)
  const inputs = Int32Array.from({ length: samples * length }, () => 4 + below(vocabulary - 4, next))
  const labels = Int32Array.from({ length: samples }, () => below(3, next))
  for (const [sample, label] of labels.entries()) inputs[sample * length + below(length, next)] = 1 + label
  return { inputs, labels }
}

export const files = {
  dataset: { split, augmentation: 'none' as const },
  train: sentences(700, 'train'),
  test: sentences(100, 'test'),
  inputShape: [length],
  vocabulary,
  classes: 3,
  classNames: ['one', 'two', 'three'],
}
/** The class of a position is whether its token is even; none behind the ninth. */
export function tagged(): Data {
  const tags = ({ inputs }: Pick<Samples, 'inputs' | 'labels'>) => ({
    inputs,
    labels: Int32Array.from(inputs, (id, place) => (place % length > 8 ? noClass : id % 2)),
  })
  return assemble({ ...files, train: tags(files.train), test: tags(files.test), labelShape: [length], classes: 2 })
}
