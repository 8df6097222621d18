// The formats of data sets, in the order in which messages and pages list them.

import type { DatasetDefinition } from './dataset.ts'
import { cifar10 } from './datasets/cifar10.ts'
import { cifar100 } from './datasets/cifar100.ts'
import { csv } from './datasets/csv.ts'
import { idx } from './datasets/idx.ts'
import { imageFolder } from './datasets/imageFolder.ts'
import { jsonl } from './datasets/jsonl.ts'
import { mnist } from './datasets/mnist.ts'
import { nextToken } from './datasets/nextToken.ts'
import { npy } from './datasets/npy.ts'
import { npz } from './datasets/npz.ts'
import { spamAssassin } from './datasets/spamAssassin.ts'
import { byType, oneOf } from './kind.ts'

export const datasets = [
  mnist,
  idx,
  cifar10,
  cifar100,
  csv,
  npy,
  npz,
  imageFolder,
  jsonl,
  spamAssassin,
  nextToken,
] as const

export const datasetSchema = oneOf(datasets, {
  name: 'Dataset',
  description: 'What to learn from.',
  examples: [{ type: 'mnist', split: { validation: 5000 } }],
})

export type DatasetType = (typeof datasets)[number]['type']

const definitions = byType(datasets)

/** What there is to know of a format. */
export const datasetFacts = (type: DatasetType): DatasetDefinition => definitions[type]
