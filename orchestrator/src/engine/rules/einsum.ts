// The rule for Einstein's notation: one matrix product, with the letters that both operands and the result have as
// the batch.
import { backend_util, type EinsumAttrs } from '@tensorflow/tfjs-core'
import { apply, mul, reduce, reshape, transpose } from '../graph/build.ts'
import { size, type Value } from '../graph/value.ts'
import type { Rules } from '../record/kernelTypes.ts'
import { plainValue, type Recorded, whole } from '../record/recorded.ts'

interface Term {
  letters: string[]
  value: Value
}

/** Sums over the letters that are not wanted. */
function keeping({ letters, value }: Term, wanted: (letter: string) => boolean): Term {
  const dropped = letters.flatMap((letter, axis) => (wanted(letter) ? [] : [axis]))
  if (dropped.length === 0) return { letters, value }
  return { letters: letters.filter(wanted), value: reduce('ReduceSum', value, dropped, false) }
}

function inOrder({ letters, value }: Term, order: readonly string[]): Value {
  return transpose(
    value,
    order.map((letter) => letters.indexOf(letter)),
  )
}

function product(a: Term, b: Term, result: readonly string[]): Term {
  const batch = result.filter((l) => a.letters.includes(l) && b.letters.includes(l))
  const summed = a.letters.filter((l) => !result.includes(l))
  const [left, right] = [a, b].map(({ letters }) => letters.filter((l) => !batch.includes(l) && !summed.includes(l)))
  const letters = [...batch, ...left!, ...right!]
  const x = inOrder(a, [...batch, ...left!, ...summed])
  const y = inOrder(b, [...batch, ...summed, ...right!])
  const outer = x.shape.slice(0, batch.length)
  const ones = (n: number) => Array<number>(n).fill(1)
  if (summed.length === 0) {
    const rows = reshape(x, [...x.shape, ...ones(right!.length)])
    return { letters, value: mul(rows, reshape(y, [...outer, ...ones(left!.length), ...y.shape.slice(batch.length)])) }
  }
  const rows = x.shape.slice(batch.length, batch.length + left!.length)
  const columns = y.shape.slice(batch.length + summed.length)
  const inner = size(x.shape.slice(batch.length + left!.length))
  const matrices = [reshape(x, [...outer, size(rows), inner]), reshape(y, [...outer, inner, size(columns)])]
  return { letters, value: reshape(apply('MatMul', matrices), [...outer, ...rows, ...columns]) }
}

export const einsum = {
  Einsum: (tensors: Recorded[], { equation }: EinsumAttrs) => {
    // TensorFlow.js's own checks, with its own messages.
    const { allDims, idDims } = backend_util.decodeEinsumEquation(equation, tensors.length)
    backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as never)
    const [given, wanted] = equation.replace(/\s/g, '').split('->') as [string, string]
    const result = [...wanted]
    const names = given.split(',').map((term) => [...term])
    const terms = tensors.map((tensor, i) =>
      keeping({ letters: names[i]!, value: whole(tensor) }, (letter) =>
        [...names.filter((_, k) => k !== i), result].some((letters) => letters.includes(letter)),
      ),
    )
    const [a, b] = terms
    return plainValue(inOrder(b ? product(a!, b, result) : a!, result))
  },
} satisfies Rules
