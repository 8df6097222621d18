// What a data set is once it is loaded: bytes in memory, who is in which split, and how a batch is made of them.
// Which files they come from is its format's business.

/** Some of a file's samples. Splits of one file share its bytes. */
export interface Samples {
  /** [samples of the file, height, width, channels] */
  images: Uint8Array
  /** [samples of the file] */
  labels: Uint8Array
  /** Which samples these are, as their places in the file, ascending. */
  indices: Int32Array
}

/** Standardises pixels: (byte / 255 - mean) / deviation, for each channel. */
export interface Preprocessing {
  mean: number[]
  deviation: number[]
}

export interface Data {
  train: Samples
  validation: Samples
  test: Samples
  /** Samples in the whole training file, by whose order cached logits are addressed. */
  trainFileSamples: number
  /** [height, width, channels] */
  inputShape: [number, number, number]
  classes: number
  preprocessing: Preprocessing
  /** SHA-256 of the files' content, the split and the preprocessing. */
  hash: string
}

/** Data that cannot be used; `path` is relative to the experiment's `dataset`. */
export class DatasetProblem extends Error {
  override readonly name = 'DatasetProblem'
  readonly path: string[]

  constructor(problem: string, path: string[]) {
    super(problem)
    this.path = path
  }
}
