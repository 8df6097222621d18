// Four arrays, inputs and labels for training and testing, as idx, npy and npz files hold them: whether they fit
// together.
import type { InputArray, NamedArray } from './arrayInputs.ts'
import type { LabelArray } from './arrayLabels.ts'
import { assemble, type Divided } from './assemble.ts'
import { type Data, DatasetProblem } from './data.ts'
import { labelWarnings } from './numericLabels.ts'

export interface Arrays {
  trainInputs: InputArray
  trainLabels: LabelArray
  testInputs: InputArray
  testLabels: LabelArray
}

const problem = ({ file, key }: NamedArray<unknown>, text: string) => new DatasetProblem(`${file}: ${text}`, [key])

/** @throws DatasetProblem naming the first array that does not fit the others */
export function fromArrays(dataset: Divided, arrays: Arrays): Data {
  const { trainInputs, trainLabels, testInputs, testLabels } = arrays
  const [inputShape, testShape] = [trainInputs.dims.slice(1), testInputs.dims.slice(1)]
  if (String(inputShape) !== String(testShape)) {
    const [expected, got] = [inputShape.join(' x '), testShape.join(' x ')]
    throw problem(testInputs, `expected inputs of ${expected} as in ${trainInputs.file}, got ${got}`)
  }
  if (scaleOf(trainInputs) !== scaleOf(testInputs)) {
    throw problem(testInputs, `expected ${trainInputs.type} as in ${trainInputs.file}, got ${testInputs.type}`)
  }
  checkLabels(trainLabels, trainInputs)
  checkLabels(testLabels, testInputs)
  const classes = classesOf(trainLabels)
  const testClasses = classesOf(testLabels)
  if (testClasses > classes) {
    throw problem(
      testLabels,
      trainLabels.columns === null
        ? `expected labels below ${classes}, the highest of ${trainLabels.file} plus one, got ${testClasses - 1}`
        : `expected ${classes} classes as in ${trainLabels.file}, got ${testClasses}`,
    )
  }
  if (classes < 2) throw problem(trainLabels, `expected at least 2 classes, got ${classes}`)
  const data = assemble({
    dataset,
    train: { inputs: trainInputs.values, labels: trainLabels.values },
    test: { inputs: testInputs.values, labels: testLabels.values },
    inputShape,
    classes,
    place: (part, sample) => {
      const { file, key } = part === 'train' ? trainInputs : testInputs
      return { at: `${file}: record ${sample + 1}`, path: [key] }
    },
    notes: [trainLabels, testLabels].flatMap(({ file, columns }) =>
      columns === null ? [] : [`${file}: one-hot rows are read as ${columns} classes`],
    ),
  })
  const { file, key, columns } = trainLabels
  const slips = labelWarnings({ ...data, file, key, oneHot: columns !== null })
  return { ...data, warnings: [...data.warnings, ...slips] }
}

/** What is standardised alike: bytes count from 0 to 255, true and false as 0 and 1, numbers of all types as they are. */
const scaleOf = ({ type }: InputArray): string => (type === 'uint8' || type === 'bool' ? type : 'numbers')

function checkLabels(labels: LabelArray, inputs: InputArray): void {
  const samples = inputs.dims[0]
  if (labels.dims[0] === samples) return
  throw problem(
    labels,
    `expected labels [${samples}], one for each sample of ${inputs.file}, got [${labels.dims.join(', ')}]`,
  )
}

/** The highest label plus one, or what one-hot rows have columns for. */
const classesOf = ({ values, columns }: LabelArray): number =>
  columns ?? 1 + values.reduce((most, label) => Math.max(most, label), 0)
