// Labels that are numbers, and what in them is most likely a slip: classes that nobody has, or a quantity to predict.
import type { Warning } from '@retort/schema/questions'
import type { Samples } from './data.ts'

interface Labelled {
  /** The file of the training labels, and the data set's property that names it. */
  file: string
  key: string
  classes: number
  /** Whether the files have a column for each class. */
  oneHot: boolean
  /** Of the training file. */
  train: Pick<Samples, 'labels' | 'indices'>
  test: Pick<Samples, 'labels'>
}

/** From so many classes on, fewer samples each than `few` are told of. */
const many = 20
const few = 5

export function labelWarnings({ file, key, classes, oneHot, train, test }: Labelled): Warning[] {
  const inFile = countsOf(train.labels, classes)
  const trained = new Int32Array(classes)
  for (const index of train.indices) trained[train.labels[index] as number]!++
  const tested = countsOf(test.labels, classes)
  const found: string[] = []
  const absent = placesOf(inFile, (count) => count === 0)
  if (absent.length > 0) {
    const there = classes - absent.length
    const highest = `the highest label is ${classes - 1}`
    const samples = inFile[classes - 1] === 1 ? 'one sample has it' : `${inFile[classes - 1]} samples have it`
    const ofNumbers = isFromOne(absent, classes)
      ? ` (labels are from 1 to ${classes - 1}; labels - 1 leaves no class empty)`
      : ` (${highest}, ${samples})`
    const why = oneHot ? '' : ofNumbers
    const lost = placesOf(tested, (count, of) => count > 0 && inFile[of] === 0)
    const more = lost.length === 0 ? '' : `; the test file has ${listed(lost)}`
    found.push(`${classes} classes, of which ${there} have samples: no sample of ${listed(absent)}${why}${more}`)
  }
  const held = placesOf(trained, (count, of) => count === 0 && inFile[of]! > 0)
  if (held.length > 0) found.push(`no sample to train on of ${listed(held)}: the split has them all elsewhere`)
  const distinct = classes - absent.length
  if (distinct >= many && train.labels.length < few * distinct) {
    found.push(
      `${distinct} different labels in ${train.labels.length} samples: they look like a quantity, not like classes`,
    )
  }
  return found.map((message) => ({ message: `${file}: ${message}`, path: [key] }))
}

const isFromOne = (absent: number[], classes: number): boolean => absent.length === 1 && absent[0] === 0 && classes > 2

function countsOf(labels: Int32Array, classes: number): Int32Array {
  const counts = new Int32Array(classes)
  for (const label of labels) counts[label]!++
  return counts
}

const placesOf = (counts: Int32Array, holds: (count: number, of: number) => boolean): number[] =>
  [...counts.keys()].filter((of) => holds(counts[of]!, of))

/** `class 3`, `classes 1, 3 to 7 and 20 more` */
function listed(classes: number[]): string {
  const runs: [number, number][] = []
  for (const each of classes) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] === each - 1) last[1] = each
    else runs.push([each, each])
  }
  const shown = runs.slice(0, 5)
  const text = shown.map(([from, to]) =>
    from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from} to ${to}`,
  )
  const left = runs.slice(5).reduce((sum, [from, to]) => sum + to - from + 1, 0)
  return `class${classes.length === 1 ? '' : 'es'} ${text.join(', ')}${left > 0 ? ` and ${left} more` : ''}`
}
