// A graph as text: one line for each operation, numbered in the order in which it runs. The form is stable.
import { ordered } from './order.ts'
import { type Attributes, constantData, type Operation, typeText, type Value } from './value.ts'

/** A graph as it is encoded: named values go in, named values come out. */
export interface Graph {
  inputs: { name: string; value: Value }[]
  outputs: { name: string; value: Value }[]
}

const LONGEST_CONSTANT = 8

export function printGraph(graph: Graph): string {
  return graphLines(graph).lines.join('\n')
}

/** The lines of a graph's text, and on which line each operation stands. */
export function graphLines(graph: Graph): { lines: string[]; lineOf: Map<Operation, number> } {
  const names = new Map<Value, string>()
  const lines: string[] = []
  const lineOf = new Map<Operation, number>()
  for (const { name, value } of graph.inputs) {
    names.set(value, name)
    lines.push(`${name}: ${typeText(value)}`)
  }
  let next = 0
  const name = (value: Value | undefined): string => {
    if (!value) return '_'
    return names.get(value) ?? constantText(value)
  }
  for (const operation of ordered(graph.outputs.map((o) => o.value))) {
    const results = operation.outputs.map((output) => {
      const id = `%${next++}`
      names.set(output, id)
      return `${id}: ${typeText(output)}`
    })
    const inputs = operation.inputs.map(name).join(', ')
    lineOf.set(operation, lines.length)
    lines.push(`${results.join(', ')} = ${operation.operator}(${inputs})${attributesText(operation.attributes)}`)
  }
  for (const output of graph.outputs) lines.push(`return ${output.name} = ${name(output.value)}`)
  return { lines, lineOf }
}

function constantText(value: Value): string {
  const data = constantData(value)
  if (!data) return value.from.kind === 'placeholder' ? `<${value.from.name}, not an input>` : '<not computed before>'
  if (data.length > LONGEST_CONSTANT) return `const ${typeText(value)}`
  const numbers = Array.from(data as ArrayLike<number | bigint>, (n) => String(Math.fround(Number(n))))
  return value.shape.length === 0 ? numbers[0]! : `[${numbers.join(' ')}]`
}

function attributesText(attributes: Attributes): string {
  const entries = Object.entries(attributes).filter(([, v]) => v !== undefined)
  if (entries.length === 0) return ''
  const text = entries.map(([k, v]) => `${k}=${Array.isArray(v) ? `[${v.join(' ')}]` : v}`)
  return ` {${text.join(' ')}}`
}
