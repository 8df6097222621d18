// Divides loaded files into the three splits and names the result by its hash.
import { createHash } from 'node:crypto'
import type { Warning } from '@retort/schema/questions'
import type { DrawnDataset, ResolvedAugmentation, ResolvedDataset } from '@retort/schema/trial'
import { validationSamples } from '../spec/split.ts'
import { checkAugmentation } from './augment/augment.ts'
import { type Data, DatasetProblem, type Preprocessing, type Samples, sizeOf, type Tokenizing } from './data.ts'
import { heldNumbers, type PlaceOf } from './precision.ts'
import { permutation, stream } from './random.ts'
import { splitSlips } from './splitSlips.ts'

type Split = DrawnDataset['split']

/** The same of data that know who is in which split, and are not augmented. */
interface Placed {
  split: Extract<ResolvedDataset, { type: 'next-token' }>['split']
  drawn: Drawn
}

/** What a data set says of its parts. */
export interface Divided {
  split: Split
  augmentation: ResolvedAugmentation | 'none'
}

interface Files {
  dataset: Divided | Placed
  train: Pick<Samples, 'inputs' | 'labels'>
  test: Pick<Samples, 'inputs' | 'labels'>
  /** Where files of their own decide on who is in which split. */
  drawn?: Drawn
  inputShape: number[]
  classes: number
  /** Where inputs are token ids. */
  vocabulary?: number
  /** Where one of them fills up short texts. */
  padding?: number
  /** What made them of texts. */
  tokenizer?: Tokenizing
  /** By default a sample has one class. */
  labelShape?: number[]
  classNames?: string[]
  columnNames?: string[]
  filled?: Record<string, number>
  /** By default a sample's number in its file. */
  place?: PlaceOf
  notes?: string[]
  warnings?: Warning[]
  /** SHA-256 of what the files hold, where the numbers do not tell all of it. */
  contents?: string
  /** By default each channel's or column's statistics over the training split; none of token ids. */
  preprocessing?: Preprocessing
  /** By which numbers that are no bytes are divided first; 1 by default. */
  divisor?: number
}

export function assemble(files: Files): Data {
  const { dataset, inputShape, classes, classNames = null, columnNames = null, place = numbered } = files
  const { vocabulary = null, padding = null, tokenizer = null, labelShape = [] } = files
  const { split } = dataset
  const augmentation = 'drawn' in dataset || dataset.augmentation === 'none' ? null : dataset.augmentation
  if (augmentation !== null) checkAugmentation(augmentation, inputShape)
  if (vocabulary !== null) for (const { inputs } of [files.train, files.test]) checkTokens(inputs, vocabulary)
  const samplesOf = ({ labels }: Files['train']) => labels.length / sizeOf(labelShape)
  const drawn =
    files.drawn ??
    ('drawn' in dataset ? dataset.drawn : drawSplit(dataset.split, samplesOf(files.train), samplesOf(files.test)))
  const parts = { train: files.train.inputs, test: files.test.inputs, trained: drawn.train, inputShape }
  const given = { preprocessing: files.preprocessing, divisor: files.divisor }
  const held = vocabulary === null ? heldNumbers(parts, given, { columnNames, place }) : null
  const train = { ...files.train, inputs: held?.train ?? files.train.inputs }
  const test = { ...files.test, inputs: held?.test ?? files.test.inputs }
  const preprocessing = held?.preprocessing ?? null
  const slips = splitSlips({
    train,
    test,
    trained: drawn.train,
    tested: drawn.test,
    inputShape,
    labelShape,
    classNames,
    columnNames,
    preprocessing,
    paths: { train: place('train', 0).path, test: place('test', 0).path },
  })
  const hash = createHash('sha256')
  for (const numbers of [train.inputs, train.labels, test.inputs, test.labels]) {
    hash.update(createHash('sha256').update(numbers).digest())
  }
  const contents =
    files.contents ??
    hash
      .copy()
      .update(JSON.stringify([inputShape, classNames]))
      .digest('hex')
  const tokens = { vocabulary, tokenizer: tokenizer?.sha256 ?? null }
  hash.update(JSON.stringify({ inputShape, ...tokens, labelShape, classes, split, preprocessing, augmentation }))
  return {
    train: { ...train, indices: drawn.train },
    validation: { ...train, indices: drawn.validation },
    test: { ...test, indices: drawn.test },
    trainFileSamples: samplesOf(train),
    inputShape,
    vocabulary,
    padding,
    tokenizer,
    labelShape,
    classes,
    classNames,
    columnNames,
    ...(files.filled && { filled: files.filled }),
    preprocessing,
    augmentation,
    notes: [...(files.notes ?? []), ...(held?.notes ?? [])],
    warnings: [...(files.warnings ?? []), ...(held?.warnings ?? []), ...slips],
    contents,
    hash: hash.digest('hex'),
  }
}

const numbered: PlaceOf = (part, sample) => ({
  at: `sample ${sample + 1} of the ${part === 'train' ? 'training' : 'test'} file`,
  path: [],
})

/** An id beyond the vocabulary has no row in an embedding, and what an engine makes of it is its own affair. */
function checkTokens(inputs: Samples['inputs'], vocabulary: number): void {
  if (!(inputs instanceof Int32Array)) throw new Error(`expected int32 token ids, got a ${inputs.constructor.name}`)
  const wrong = inputs.find((id) => id < 0 || id >= vocabulary)
  if (wrong !== undefined) throw new Error(`expected token ids from 0 to ${vocabulary - 1}, got ${wrong}`)
}

/** Of a file that has no other beside it: which samples are held out for testing, each part in the file's order. */
export function drawTest(samples: number, share: number, seed: number): Pick<Drawn, 'train' | 'test'> {
  const order = permutation(samples, stream('test', seed))
  const count = Math.max(1, Math.round(samples * share))
  return { train: order.slice(count).sort(), test: order.slice(0, count).sort() }
}

export interface Drawn {
  train: Int32Array
  validation: Int32Array
  test: Int32Array
}

/** Validation is drawn first, so that a smaller training split keeps the same validation samples. */
export function drawSplit(split: Split, trainFile: number, testFile: number): Drawn {
  const validation = validationSamples(split, trainFile)
  if (validation >= trainFile) {
    throw new DatasetProblem(
      `expected fewer validation samples than the training file's ${trainFile}, got ${validation}`,
      ['split', 'validation'],
    )
  }
  const left = trainFile - validation
  const train = split.train === 'rest' ? left : split.train
  if (train > left) {
    throw new DatasetProblem(
      `expected at most ${left} training samples (${trainFile} in the file, ${validation} of them for validation), got ${train}`,
      ['split', 'train'],
    )
  }
  const order = permutation(trainFile, stream('split', split.seed))
  return {
    validation: order.slice(0, validation).sort(),
    train: order.slice(validation, validation + train).sort(),
    test: reported(split, testFile),
  }
}

/** The same where validation has samples of its own, which stand behind those of the training file. */
export function drawBeside(split: Split, trainFile: number, validationFile: number, testFile: number): Drawn {
  const train = split.train === 'rest' ? trainFile : split.train
  if (train > trainFile) {
    throw new DatasetProblem(`expected at most ${trainFile} training samples, got ${train}`, ['split', 'train'])
  }
  const order = permutation(trainFile, stream('split', split.seed))
  return {
    validation: Int32Array.from({ length: validationFile }, (_, index) => trainFile + index),
    train: order.slice(0, train).sort(),
    test: reported(split, testFile),
  }
}

function reported(split: Split, testFile: number): Int32Array {
  const tested = split.test === 'all' ? testFile : split.test
  if (tested > testFile) {
    throw new DatasetProblem(`expected at most the test file's ${testFile} samples, got ${tested}`, ['split', 'test'])
  }
  return Int32Array.from({ length: tested }, (_, index) => index)
}
