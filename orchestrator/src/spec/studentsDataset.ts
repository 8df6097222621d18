// What students learn from, and what their teachers' logits are computed on; and what teachers learn from.
import type { Reader } from '@retort/schema/resolved'
import type { ResolvedAugmentation, ResolvedDataset } from '@retort/schema/trial'

/** Texts have none. */
export const augmentationOf = (dataset: ResolvedDataset): ResolvedAugmentation | 'none' =>
  'augmentation' in dataset ? dataset.augmentation : 'none'

/**
 * The data of a trained teacher as its students see them: as they are, where only teachers train on the views, and in
 * the students' tokens, where the teacher has others.
 */
export function studentsDataset(dataset: ResolvedDataset): Exclude<ResolvedDataset, { type: 'retokenized' }> {
  if (dataset.type === 'retokenized') return dataset.of
  if (!('augmentation' in dataset) || dataset.augmentation === 'none' || dataset.augmentation.for === 'all')
    return dataset
  return { ...dataset, augmentation: 'none' }
}

/**
 * What a teacher reads.
 * @param reader null where it has no tokenizer of its own
 */
export function teachersDataset(
  of: Exclude<ResolvedDataset, { type: 'retokenized' }>,
  reader: Reader | null,
): ResolvedDataset {
  if (reader === null) return of
  if (of.type !== 'next-token') throw new Error(`tokenizers of teachers were to be refused for ${of.type}`)
  return { type: 'retokenized', of, ...reader }
}
