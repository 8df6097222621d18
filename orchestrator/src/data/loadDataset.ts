// The table of data sets: one line for each format.
import type { ResolvedDataset } from '@retort/schema/trial'
import { cifarFiles, loadCifar } from './cifar.ts'
import { csvFiles, loadCsv } from './csv.ts'
import { type Data, DatasetProblem } from './data.ts'
import { idxFiles, loadIdx } from './idx.ts'
import { imageFolderFiles, loadImageFolder } from './images/imageFolder.ts'
import { jsonlFiles, loadJsonl } from './jsonl.ts'
import { loadMnist } from './mnist.ts'
import { loadNextToken, nextTokenFiles } from './nextToken.ts'
import { loadNpy, npyFiles } from './npy.ts'
import { loadNpz } from './npz.ts'
import { loadRetokenized, retokenizedFiles } from './retokenized.ts'
import { loadSpamAssassin, spamAssassinFiles } from './spamAssassin.ts'
import type { TokenCache } from './text/tokenCache.ts'

interface Format<D> {
  load(dataset: D, cache: TokenCache | null): Promise<Data>
  /** Those of the user's files that it reads; they may change at any time. */
  files(dataset: D): string[]
}

type Type = ResolvedDataset['type']

const formats: { [K in Type]: Format<Extract<ResolvedDataset, { type: K }>> } = {
  mnist: { load: loadMnist, files: () => [] },
  idx: { load: loadIdx, files: idxFiles },
  'cifar-10': { load: loadCifar, files: cifarFiles },
  'cifar-100': { load: loadCifar, files: cifarFiles },
  csv: { load: loadCsv, files: csvFiles },
  npy: { load: loadNpy, files: npyFiles },
  npz: { load: loadNpz, files: ({ file }) => [file] },
  'image-folder': { load: loadImageFolder, files: imageFolderFiles },
  jsonl: { load: loadJsonl, files: jsonlFiles },
  'spam-assassin': { load: loadSpamAssassin, files: spamAssassinFiles },
  'next-token': { load: loadNextToken, files: nextTokenFiles },
  retokenized: { load: loadRetokenized, files: retokenizedFiles },
}

const formatOf = (dataset: ResolvedDataset) => formats[dataset.type] as Format<ResolvedDataset>

/**
 * @param cache where token ids of texts may be kept
 * @throws DatasetProblem when the files or the split cannot be used, or the files hold something else than they did
 */
export async function loadDataset(dataset: ResolvedDataset, cache: TokenCache | null = null): Promise<Data> {
  const data = await formatOf(dataset).load(dataset, cache)
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
  return formatOf(dataset).files(dataset)
}
