// What students learn from, and what their teachers' logits are computed on.
import type { ResolvedDataset } from '@retort/schema/trial'

/** The data of a trained teacher as its students see them: as they are, where only teachers train on the views. */
export function studentsDataset<D extends ResolvedDataset>(dataset: D): D {
  const { augmentation } = dataset
  return augmentation === 'none' || augmentation.for === 'all' ? dataset : { ...dataset, augmentation: 'none' }
}
