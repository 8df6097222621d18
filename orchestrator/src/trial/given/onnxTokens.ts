// What an ONNX model of token ids is fed with. Models of Hugging Face have up to three inputs, named as here.
import type { ResolvedOnnx } from '@retort/schema/given'
import { type InferenceSession, Tensor } from 'onnxruntime-node'
import type { Data } from '../../data/data.ts'
import type { Values } from '../../engine/engine.ts'
import { batchSizeOf, fits, type Input, shownShape } from './onnxInput.ts'
import { GivenProblem } from './source.ts'

/** From token ids to what an input beside them holds; `padding` is null where the data have none. */
const besides: Record<string, (ids: Int32Array, length: number, padding: number | null) => Int32Array> = {
  attention_mask: (ids, length, padding) => {
    const mask = new Int32Array(ids.length).fill(1)
    // What fills a text up stands at its end; the same token inside of a text is one of it.
    for (let end = length; end <= ids.length; end += length) {
      for (let at = end - 1; at >= end - length && ids[at] === padding; at--) mask[at] = 0
    }
    return mask
  },
  token_type_ids: (ids) => new Int32Array(ids.length),
  position_ids: (ids, length) => ids.map((_, at) => at % length),
}

type Metadata = InferenceSession['inputMetadata'][number]

/** Token ids [batch, length], int32 or int64, and what models take beside them, of the same shape. */
export function tokenInputs(
  { inputMetadata }: InferenceSession,
  { inputLayout }: Pick<ResolvedOnnx, 'inputLayout'>,
  { inputShape, labelShape, tokenizer }: Pick<Data, 'inputShape' | 'labelShape' | 'tokenizer'>,
): Input {
  if (inputLayout !== null) {
    throw new GivenProblem(`expected none, since token ids have no channels, got "${inputLayout}"`, ['inputLayout'])
  }
  const ids = inputMetadata.filter(({ name }) => !Object.hasOwn(besides, name))
  if (ids.length !== 1) {
    const names = inputMetadata.map(({ name }) => `"${name}"`).join(', ')
    const expected = 'the token ids, and "attention_mask", "token_type_ids" and "position_ids" at most beside them'
    throw new GivenProblem(`expected a model whose inputs are ${expected}, got ${names || 'none'}`, ['file'])
  }
  const inputs = inputMetadata.map((metadata) => {
    const { name } = metadata
    const [tensorOf, batch] = idsInput(metadata, inputShape)
    const from = besides[name] ?? ((values: Int32Array) => values)
    return { name, tensorOf, from, batch }
  })
  // The windows of a text are never filled up.
  const padding = labelShape.length > 0 ? null : (tokenizer?.padding ?? null)
  return {
    batch: inputs[0]!.batch,
    isWhole: true,
    feeds: (values, samples) =>
      Object.fromEntries(
        inputs.map(({ name, tensorOf, from }) => {
          const numbers = from(values as Int32Array, inputShape[0]!, padding)
          return [name, tensorOf(numbers, [samples, ...inputShape])]
        }),
      ),
  }
}

type TensorOf = (values: Values, dims: number[]) => Tensor

function idsInput(metadata: Metadata, inputShape: number[]): [TensorOf, number | null] {
  const [batch, ...dims] = metadata.isTensor ? metadata.shape : []
  const type = metadata.isTensor ? metadata.type : 'no tensor'
  if ((type !== 'int32' && type !== 'int64') || !fits(dims, inputShape)) {
    const what = Object.hasOwn(besides, metadata.name) ? 'numbers' : 'token ids'
    const expected = `int32 or int64 ${what} of [batch, ${inputShape.join(', ')}]`
    throw new GivenProblem(`input "${metadata.name}": expected ${expected}, got ${type} ${shownShape(metadata)}`, [
      'file',
    ])
  }
  const convert = (values: Values) => (type === 'int32' ? (values as Int32Array) : BigInt64Array.from(values, BigInt))
  return [(values, shape) => new Tensor(type, convert(values), shape), batchSizeOf(batch)]
}
