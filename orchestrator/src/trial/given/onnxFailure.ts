// What onnxruntime says of a model that it cannot run, and what that most likely comes from.
import { GivenProblem } from './source.ts'

const causes: [RegExp, string][] = [
  [
    /indices? element out of data bounds|out of bounds|out of range/i,
    'it has fewer rows of an embedding than the data have tokens, as it was trained with another tokenizer',
  ],
  [
    /opset|IR version|is under development/i,
    'it was exported for a newer ONNX than this onnxruntime reads: export it with a lower opset',
  ],
  [
    /is not a registered function\/op|No Op registered|Could not find an implementation|Unrecognized schema|not registered/i,
    'it has an operator that onnxruntime lacks: export it in others',
  ],
  [/protobuf|INVALID_PROTOBUF/i, 'the file is damaged, or was cut short'],
  [/dimension|shape|broadcast|reshape/i, 'it was exported for inputs or a batch of another shape'],
]

/** @param when what it was doing */
export function failureOf({ message }: Error, when: 'load' | 'run'): GivenProblem {
  const [, cause] = causes.find(([pattern]) => pattern.test(message)) ?? []
  const what = when === 'load' ? 'onnxruntime cannot run it' : 'onnxruntime fails while it runs it'
  return new GivenProblem(`${what}: ${message.trim()}${cause === undefined ? '' : ` (most likely ${cause})`}`, ['file'])
}
