// How each format is read. Made by `pnpm generate` from the list of definitions; do not edit.
import type { DatasetType } from '@retort/schema/definitions/datasets'
import { cifar10 } from './cifar10.ts'
import { cifar100 } from './cifar100.ts'
import { csv } from './csv.ts'
import type { Format } from './format.ts'
import { idx } from './idx.ts'
import { imageFolder } from './imageFolder.ts'
import { jsonl } from './jsonl.ts'
import { mnist } from './mnist.ts'
import { nextToken } from './nextToken.ts'
import { npy } from './npy.ts'
import { npz } from './npz.ts'
import { spamAssassin } from './spamAssassin.ts'

export const formats: { [Type in DatasetType]: Format<Type> } = {
  mnist,
  idx,
  'cifar-10': cifar10,
  'cifar-100': cifar100,
  csv,
  npy,
  npz,
  'image-folder': imageFolder,
  jsonl,
  'spam-assassin': spamAssassin,
  'next-token': nextToken,
}
