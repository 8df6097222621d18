// What students learn from, and what their teachers' logits are computed on; and what teachers learn from.
import type { ResolvedAugmentation, ResolvedDataset, RetokenizedDataset } from '@retort/schema/trial'

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
 * What a teacher that is trained here learns from.
 * @param tokenizer of its own; null for none
 */
export function teachersDataset(
  of: Exclude<ResolvedDataset, { type: 'retokenized' }>,
  tokenizer: RetokenizedDataset['tokenizer'] | null,
): ResolvedDataset {
  if (tokenizer === null) return of
  if (of.type !== 'next-token') throw new Error(`tokenizers of teachers were to be refused for ${of.type}`)
  return { type: 'retokenized', of, tokenizer }
}
