// CIFAR-10 and CIFAR-100 as their authors' binary files hold them (https://www.cs.toronto.edu/~kriz/cifar.html): 10,000
// or 50,000 records, each of one or two label bytes, then 1024 bytes of red, of green and of blue, row by row.
import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import { assemble } from './assemble.ts'
import { type Data, DatasetProblem, type Samples } from './data.ts'
import { readBytes } from './readBytes.ts'
import { readText } from './readText.ts'

type Cifar = Extract<ResolvedDataset, { type: 'cifar-10' | 'cifar-100' }>

interface Version {
  train: string[]
  test: string[]
  /** Records of each file. */
  records: { train: number; test: number }
  /** Bytes before the pixels, the last of which is the label that is used. */
  labelBytes: number
  classes: number
  /** One name a line; comes with the binary version, but is not needed. */
  names: string
}

const versions: { [Type in Cifar['type']]: Version } = {
  'cifar-10': {
    train: [1, 2, 3, 4, 5].map((part) => `data_batch_${part}.bin`),
    test: ['test_batch.bin'],
    records: { train: 10000, test: 10000 },
    labelBytes: 1,
    classes: 10,
    names: 'batches.meta.txt',
  },
  'cifar-100': {
    train: ['train.bin'],
    test: ['test.bin'],
    records: { train: 50000, test: 10000 },
    // The first is the coarse label.
    labelBytes: 2,
    classes: 100,
    names: 'fine_label_names.txt',
  },
}

const side = 32
const plane = side * side

export function cifarFiles({ type, folder }: Cifar): string[] {
  const { train, test, names } = versions[type]
  return [...train, ...test, names].map((name) => join(folder, name))
}

/** Pixels are standardised by each channel's mean and standard deviation over the training split. */
export async function loadCifar(dataset: Cifar): Promise<Data> {
  const { type, folder } = dataset
  const version = versions[type]
  const { train, test, records, classes } = version
  const how = `\`retort data get ${type} --to ${folder}\` makes it`
  const there = await readdir(folder).catch(() => {
    throw new DatasetProblem(`${folder}: no such folder; ${how}`, ['folder'])
  })
  if (![...train, ...test].some((name) => there.includes(name))) {
    // Such as the Python version's, or the folder around the one that is meant.
    const got = [...there.toSorted().slice(0, 8), ...(there.length > 8 ? ['…'] : [])].join(', ') || 'nothing'
    const expected = `the binary version's ${[...train, ...test].join(', ')}`
    throw new DatasetProblem(`${folder}: expected ${expected}, got ${got}; ${how}`, ['folder'])
  }
  const names = await classNames(version, folder)
  return assemble({
    dataset,
    train: await readRecords(train, records.train, version, folder),
    test: await readRecords(test, records.test, version, folder),
    inputShape: [side, side, 3],
    classes,
    ...(names && { classNames: names }),
  })
}

async function readRecords(
  files: string[],
  records: number,
  { labelBytes, classes }: Version,
  folder: string,
): Promise<Pick<Samples, 'inputs' | 'labels'>> {
  const length = labelBytes + 3 * plane
  const inputs = new Uint8Array(files.length * records * 3 * plane)
  const labels = new Int32Array(files.length * records)
  for (const [part, name] of files.entries()) {
    const path = join(folder, name)
    const bytes = await readBytes(path, 'folder')
    const problem = (text: string) => new DatasetProblem(`${path}: ${text}`, ['folder'])
    if (bytes.length !== records * length) {
      throw problem(`expected ${records * length} bytes, ${records} records of ${length}, got ${bytes.length}`)
    }
    for (let record = 0; record < records; record++) {
      const at = record * length + labelBytes
      const label = bytes[at - 1] as number
      if (label >= classes) throw problem(`record ${record + 1}: expected a label below ${classes}, got ${label}`)
      const sample = part * records + record
      labels[sample] = label
      interleave(bytes, at, inputs, sample * 3 * plane)
    }
  }
  return { inputs, labels }
}

/** From planes of red, green and blue to pixels. */
function interleave(planes: Uint8Array, from: number, pixels: Uint8Array, to: number): void {
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels[to + 3 * pixel + channel] = planes[from + channel * plane + pixel] as number
    }
  }
}

async function classNames({ names, classes }: Version, folder: string): Promise<string[] | null> {
  const path = join(folder, names)
  const there = await access(path).then(
    () => true,
    () => false,
  )
  if (!there) return null
  const text = await readText(path, 'folder')
  const found = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
  if (found.length === classes) return found
  throw new DatasetProblem(`${path}: expected ${classes} names, one a line, got ${found.length}`, ['folder'])
}
