// The table of data sets: one line for each format.
import type { ResolvedDataset } from '@retort/schema/trial'
import type { Data } from './data.ts'
import { loadIdx } from './idx.ts'
import { loadMnist } from './mnist.ts'

type Type = ResolvedDataset['type']

const formats: { [K in Type]: (dataset: Extract<ResolvedDataset, { type: K }>) => Promise<Data> } = {
  mnist: loadMnist,
  idx: loadIdx,
}

/** @throws DatasetProblem when the files or the split cannot be used */
export function loadDataset(dataset: ResolvedDataset): Promise<Data> {
  const load = formats[dataset.type] as (dataset: ResolvedDataset) => Promise<Data>
  return load(dataset)
}
