// What the run-time half of a data set's format is.
import type { DatasetType } from '@retort/schema/definitions/datasets'
import type { ResolvedDataset } from '@retort/schema/trial'
import type { Data } from './data.ts'
import type { TokenCache } from './text/tokenCache.ts'

type DatasetOf<Type extends DatasetType> = Extract<ResolvedDataset, { type: Type }>

export interface Format<Type extends DatasetType = DatasetType> {
  /** @param cache where token ids of texts may be kept */
  load(dataset: DatasetOf<Type>, cache: TokenCache | null): Promise<Data>
  /** Those of the user's files that it reads; they may change at any time. */
  files(dataset: DatasetOf<Type>): string[]
}
