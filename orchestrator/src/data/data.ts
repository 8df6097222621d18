// What a data set is once it is loaded: numbers in memory, who is in which split, and how a batch is made of them.
// Which files they come from is its format's business.
import type { Warning } from '@retort/schema/questions'
import type { ResolvedAugmentation } from '@retort/schema/trial'

/** Some of a file's samples. Splits of one file share its numbers. */
export interface Samples {
  /**
   * [samples of the file, ...inputShape]: bytes of images, the numbers of a table or array, or int32 token ids. Numbers
   * are float64 where float32 would round away what tells them apart.
   */
  inputs: Uint8Array | Float32Array | Float64Array | Int32Array
  /** [samples of the file, ...labelShape]; `noClass` where a position has none. */
  labels: Int32Array
  /** Which samples these are, as their places in the file, ascending. */
  indices: Int32Array
}

/** The label of a position that is neither learned nor counted, such as one behind a text's end. */
export const noClass = -1

/** Standardises: (value / divisor - mean) / deviation, for each place of the last axis: channels, or columns. */
export interface Preprocessing {
  /** 255 for bytes, 1 for other numbers. */
  divisor: number
  mean: number[]
  deviation: number[]
}

/** How texts became token ids. */
export interface Tokenizing {
  /** The bytes of the tokenizer.json. */
  json: Uint8Array
  /** Of these. */
  sha256: string
  /** The id that fills up short texts; null where none does. */
  padding: number | null
}

export interface Data {
  train: Samples
  validation: Samples
  test: Samples
  /** Samples in the whole training file, by whose order cached logits are addressed. */
  trainFileSamples: number
  /** Of one sample: [height, width, channels] for images, [columns] for tables, [length] for token ids. */
  inputShape: number[]
  /** What token ids are below; null where inputs are no token ids. */
  vocabulary: number | null
  /** The token id that fills up short texts; null where all positions of all samples count. */
  padding: number | null
  /** Of data that were texts. */
  tokenizer: Tokenizing | null
  /** Of one sample's labels: [] for one class, [length] for a class of each position. */
  labelShape: number[]
  classes: number
  /** As the source names them, in the order of the labels; null where it has only numbers. */
  classNames: string[] | null
  /** Of a table, in the order of the last axis. */
  columnNames: string[] | null
  /** By a table's columns, what stands where values are missing; absent where none are. */
  filled?: Record<string, number>
  /** Null for token ids, which are read as they are. */
  preprocessing: Preprocessing | null
  /** How training samples are changed; null for not at all. */
  augmentation: ResolvedAugmentation | null
  /** What was done with the files that people should know, in sentences. */
  notes: string[]
  /** What in them is most likely a slip. */
  warnings: Warning[]
  /** SHA-256 of what the files hold. */
  contents: string
  /** SHA-256 of the files' content, the split, the preprocessing and the augmentation. */
  hash: string
}

/** What a model has to fit. */
export type Fitted = Pick<Data, 'inputShape' | 'vocabulary' | 'padding' | 'labelShape' | 'classes'>

/** Room for the inputs of a batch: int32 for token ids, float32 for what is standardised. */
export function batchOf({ inputShape, vocabulary }: Pick<Data, 'inputShape' | 'vocabulary'>, samples: number) {
  const size = samples * sizeOf(inputShape)
  return vocabulary === null ? new Float32Array(size) : new Int32Array(size)
}

/** In how many views training samples come. */
export const viewsOf = ({ augmentation }: Pick<Data, 'augmentation'>): number => augmentation?.views ?? 1

/** Numbers of one sample, or of its labels. */
export const sizeOf = (inputShape: number[]): number => inputShape.reduce((product, length) => product * length, 1)

/** Data that cannot be used; `path` is relative to the experiment's `dataset`. */
export class DatasetProblem extends Error {
  override readonly name = 'DatasetProblem'
  readonly path: string[]

  constructor(problem: string, path: string[]) {
    super(problem)
    this.path = path
  }
}
