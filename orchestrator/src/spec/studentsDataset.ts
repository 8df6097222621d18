// What students learn from, and what their teachers' logits are computed on.
import type { ResolvedAugmentation, ResolvedDataset } from '@retort/schema/trial'

/** Texts have none. */
export const augmentationOf = (dataset: ResolvedDataset): ResolvedAugmentation | 'none' =>
  'augmentation' in dataset ? dataset.augmentation : 'none'

/** The data of a trained teacher as its students see them: as they are, where only teachers train on the views. */
export function studentsDataset<D extends ResolvedDataset>(dataset: D): D {
  const augmentation = augmentationOf(dataset)
  return augmentation === 'none' || augmentation.for === 'all' ? dataset : { ...dataset, augmentation: 'none' }
}
