// The table of data sets: one line for each format.
import type { ResolvedDataset } from '@retort/schema/trial'
import type { Data } from './data.ts'
import { idxFiles, loadIdx } from './idx.ts'
import { loadMnist } from './mnist.ts'

interface Format<D> {
  load(dataset: D): Promise<Data>
  /** Those of the user's files that it reads; they may change at any time. */
  files(dataset: D): string[]
}

type Type = ResolvedDataset['type']

const formats: { [K in Type]: Format<Extract<ResolvedDataset, { type: K }>> } = {
  mnist: { load: loadMnist, files: () => [] },
  idx: { load: loadIdx, files: idxFiles },
}

const formatOf = (dataset: ResolvedDataset) => formats[dataset.type] as Format<ResolvedDataset>

/** @throws DatasetProblem when the files or the split cannot be used */
export function loadDataset(dataset: ResolvedDataset): Promise<Data> {
  return formatOf(dataset).load(dataset)
}

/** Paths of the user's files that are read for it. */
export function filesOf(dataset: ResolvedDataset): string[] {
  return formatOf(dataset).files(dataset)
}
