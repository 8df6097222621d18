// Four arrays, inputs and labels for training and testing, as idx, npy and npz files hold them: whether they fit
// together.
import { assemble, type Divided } from './assemble.ts'
import { type Data, DatasetProblem } from './data.ts'

export interface NamedArray<Values> {
  /** The file, for messages. */
  file: string
  /** The data set's property that names it. */
  key: string
  /** [samples, ...] */
  dims: number[]
  values: Values
}

export interface Arrays {
  trainInputs: NamedArray<Uint8Array | Float32Array>
  trainLabels: NamedArray<Int32Array>
  testInputs: NamedArray<Uint8Array | Float32Array>
  testLabels: NamedArray<Int32Array>
}

const problem = ({ file, key }: NamedArray<unknown>, text: string) => new DatasetProblem(`${file}: ${text}`, [key])

/**
 * Bytes are images, and [n, height, width] of bytes get a channel; other numbers are taken as they are.
 * @throws DatasetProblem naming the first array that does not fit the others
 */
export function fromArrays(dataset: Divided, arrays: Arrays): Data {
  const { trainInputs, trainLabels, testInputs, testLabels } = arrays
  const [inputShape, testShape] = [inputShapeOf(trainInputs), inputShapeOf(testInputs)]
  if (String(inputShape) !== String(testShape)) {
    const [expected, got] = [inputShape.join(' x '), testShape.join(' x ')]
    throw problem(testInputs, `expected inputs of ${expected} as in ${trainInputs.file}, got ${got}`)
  }
  if (trainInputs.values.constructor !== testInputs.values.constructor) {
    throw problem(testInputs, `expected ${typeOf(trainInputs)} as in ${trainInputs.file}, got ${typeOf(testInputs)}`)
  }
  checkLabels(trainLabels, trainInputs)
  checkLabels(testLabels, testInputs)
  const classes = 1 + highest(trainLabels.values)
  const testClasses = 1 + highest(testLabels.values)
  if (testClasses > classes) {
    throw problem(
      testLabels,
      `expected labels below ${classes}, the highest of ${trainLabels.file} plus one, got ${testClasses - 1}`,
    )
  }
  if (classes < 2) throw problem(trainLabels, `expected at least 2 classes, got ${classes}`)
  return assemble({
    dataset,
    train: { inputs: trainInputs.values, labels: trainLabels.values },
    test: { inputs: testInputs.values, labels: testLabels.values },
    inputShape,
    classes,
  })
}

const typeOf = ({ values }: Arrays['trainInputs']) => (values instanceof Uint8Array ? 'bytes' : 'float32 numbers')

function inputShapeOf({ dims, values }: Arrays['trainInputs']): number[] {
  const shape = dims.slice(1)
  return values instanceof Uint8Array && shape.length === 2 ? [...shape, 1] : shape
}

function checkLabels(labels: Arrays['trainLabels'], inputs: Arrays['trainInputs']): void {
  const samples = inputs.dims[0]
  if (labels.dims.length !== 1 || labels.dims[0] !== samples) {
    throw problem(
      labels,
      `expected labels [${samples}], one for each sample of ${inputs.file}, got [${labels.dims.join(', ')}]`,
    )
  }
}

const highest = (labels: Int32Array) => labels.reduce((most, label) => Math.max(most, label), 0)
