// What is odd about the samples of the splits: the wrong file, or numbers of another scale. It can be read, and most
// likely is a slip.
import type { Warning } from '@retort/schema/questions'
import { type Samples, sizeOf } from './data.ts'
import { scaleSlips } from './scaleSlips.ts'
import type { Splits } from './splits.ts'

/** Fewer samples may be alike by chance. */
const fewest = 10

export function splitSlips(splits: Splits): Warning[] {
  const { train, test, trained, tested, inputShape, labelShape, classNames, paths } = splits
  const found: Warning[] = []
  const tell = (message: string, path: string[]) => void found.push({ message, path })
  if (isSame(train.inputs, test.inputs) && isSame(train.labels, test.labels)) {
    tell(`the test data are the training data, sample by sample: what is tested was learned`, paths.test)
  }
  const size = sizeOf(inputShape)
  const isFlat = trained.length >= fewest && areAlike(train.inputs, trained, size)
  if (isFlat) tell(`all ${trained.length} samples to train on are the same but for their labels`, paths.train)
  if (tested.length < fewest) return found
  if (!isFlat && areAlike(test.inputs, tested, size)) {
    tell(`all ${tested.length} samples to test on are the same but for their labels`, paths.test)
  }
  if (labelShape.length === 0 && areAlike(test.labels, tested, 1)) {
    const label = test.labels[tested[0] as number] as number
    const name = classNames === null ? label : JSON.stringify(classNames[label])
    tell(`all ${tested.length} samples to test on are of class ${name}`, paths.test)
  }
  return isFlat ? found : [...found, ...scaleSlips(splits)]
}

function isSame(one: Samples['inputs'], other: Samples['inputs']): boolean {
  if (one.length !== other.length || one.BYTES_PER_ELEMENT !== other.BYTES_PER_ELEMENT) return false
  const bytes = ({ buffer, byteOffset, byteLength }: Samples['inputs']) => Buffer.from(buffer, byteOffset, byteLength)
  return bytes(one).equals(bytes(other))
}

/** Whether some samples have the same numbers each. */
function areAlike(numbers: Samples['inputs'], samples: Int32Array, size: number): boolean {
  const first = (samples[0] as number) * size
  return samples.every((sample) => {
    for (let at = 0; at < size; at++) if (numbers[sample * size + at] !== numbers[first + at]) return false
    return true
  })
}
