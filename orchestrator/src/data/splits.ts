// The samples of the splits, as slips are looked for in them.
import type { Preprocessing, Samples } from './data.ts'

type Part = Pick<Samples, 'inputs' | 'labels'>

export interface Splits {
  train: Part
  test: Part
  /** Of the training file, those that are trained on. */
  trained: Int32Array
  /** Of the test file, those that are reported on. */
  tested: Int32Array
  inputShape: number[]
  labelShape: number[]
  classNames: string[] | null
  columnNames: string[] | null
  preprocessing: Preprocessing | null
  /** The data set's settings that name the files. */
  paths: { train: string[]; test: string[] }
}
