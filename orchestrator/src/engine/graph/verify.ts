// Checks a graph before it is encoded: every operation's inputs, attributes and results, against the table of
// operators. A fault is reported with the graph's text around it.
import { operator } from './operators.ts'
import { type Graph, graphLines } from './print.ts'
import { type Operation, sameShape, size, typeText, type Value } from './value.ts'

const CONTEXT = 4

/** Throws an Error with the lines around the first fault. */
export function verify(graph: Graph): void {
  const { lines, lineOf } = graphLines(graph)
  const known = new Set<Value>(graph.inputs.map((input) => input.value))
  const complain = (line: number, fault: string): never => {
    const from = Math.max(0, line - CONTEXT)
    const text = lines.slice(from, line + CONTEXT + 1).map((l, i) => `${from + i === line ? '> ' : '  '}${l}`)
    throw new Error(`The recorded graph is wrong: ${fault}\n${text.join('\n')}`)
  }
  for (const [operation, line] of lineOf) {
    for (const [i, input] of operation.inputs.entries()) {
      const fault = input && inputFault(input, known)
      if (fault) complain(line, `input ${i} of ${operation.operator} ${fault}`)
    }
    const fault = operationFault(operation)
    if (fault) complain(line, `${operation.operator}: ${fault}`)
    for (const output of operation.outputs) known.add(output)
  }
  for (const [i, { name, value }] of graph.outputs.entries()) {
    const fault = inputFault(value, known)
    if (fault) complain(lines.length - graph.outputs.length + i, `result ${name} ${fault}`)
  }
}

function inputFault(value: Value, known: Set<Value>): string | undefined {
  if (value.from.kind === 'constant') {
    return value.from.data.length === size(value.shape)
      ? undefined
      : `is a constant of ${value.from.data.length} elements for ${typeText(value)}`
  }
  if (known.has(value)) return undefined
  return value.from.kind === 'placeholder'
    ? `is '${value.from.name}', which is not fed`
    : 'is used before it is computed'
}

function operationFault(operation: Operation): string | undefined {
  const { attributes: kinds = {}, infer } = operator(operation.operator)
  for (const [name, value] of Object.entries(operation.attributes)) {
    const kind = kinds[name]
    if (!kind) return `has no attribute ${name}`
    const fits =
      kind === 'string'
        ? typeof value === 'string'
        : kind === 'ints'
          ? Array.isArray(value) && value.every(Number.isInteger)
          : kind === 'int'
            ? Number.isInteger(value)
            : typeof value === 'number'
    if (!fits) return `attribute ${name} must be ${kind}, got ${JSON.stringify(value)}`
  }
  try {
    const types = infer(operation.inputs, operation.attributes)
    if (types.length !== operation.outputs.length)
      return `gives ${types.length} results, not ${operation.outputs.length}`
    for (const [i, type] of types.entries()) {
      const output = operation.outputs[i]!
      if (type.type !== output.type || !sameShape(type.shape, output.shape)) {
        return `result ${i} is ${typeText(type)}, but ${typeText(output)} was recorded`
      }
    }
  } catch (error) {
    return (error as Error).message
  }
  return undefined
}
