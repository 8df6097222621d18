// From a data set's settings to its samples.
import type { ResolvedDataset } from '@retort/schema/trial'
import { type Data, DatasetProblem } from './data.ts'
import { formats } from './formats.ts'
import { loadRetokenized, retokenizedFiles } from './retokenized.ts'
import type { TokenCache } from './text/tokenCache.ts'

interface Reader {
  load(dataset: ResolvedDataset, cache: TokenCache | null): Promise<Data>
  files(dataset: ResolvedDataset): string[]
}

/** What a teacher with a tokenizer of its own reads stands in no file as such. */
function readerOf({ type }: ResolvedDataset): Reader {
  return (type === 'retokenized' ? { load: loadRetokenized, files: retokenizedFiles } : formats[type]) as Reader
}

/**
 * @param cache where token ids of texts may be kept
 * @throws DatasetProblem when the files or the split cannot be used, or the files hold something else than they did
 */
export async function loadDataset(dataset: ResolvedDataset, cache: TokenCache | null = null): Promise<Data> {
  const data = await readerOf(dataset).load(dataset, cache)
  const { sha256: expected = data.contents } = dataset.type === 'retokenized' ? dataset.of : dataset
  if (data.contents !== expected) {
    throw new DatasetProblem(
      `its files have changed since they were read: expected ${expected}, got ${data.contents}`,
      [],
    )
  }
  return data
}

/** Paths of the user's files that are read for it. */
export function filesOf(dataset: ResolvedDataset): string[] {
  return readerOf(dataset).files(dataset)
}
