// Writes experiment.schema.json from the definitions in src/definitions. `pnpm generate` runs it.
import { writeFileSync } from 'node:fs'
import { experimentSchema } from './src/definitions/jsonSchema.ts'

const target = new URL('experiment.schema.json', import.meta.url)

const width = 120

/** Lists of settings and definitions have a line for each. */
const onLines = ['properties', '$defs']

/** JSON as the formatter leaves it: what fits stands on one line, but for schemas with several settings. */
export function text(value: unknown, before = '', indent = '', isList = false): string {
  const short = inline(value)
  const isNode = typeof value === 'object' && value !== null
  if (!isNode || (!isList && before.length + short.length < width && !hasList(value))) return short
  const parts = Array.isArray(value)
    ? value.map((item) => text(item, `${indent}  `, `${indent}  `))
    : Object.entries(value).map(([key, part]) => {
        const name = `${JSON.stringify(key)}: `
        return name + text(part, `${indent}  ${name}`, `${indent}  `, onLines.includes(key))
      })
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${parts.map((part) => `${indent}  ${part}`).join(',\n')}\n${indent}${close}`
}

const hasList = (value: object): boolean => onLines.some((key) => key in value)

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const parts = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${inline(part)}`)
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
}

export const publishedSchema = (): string => `${text(experimentSchema)}\n`

if (process.argv[1] === import.meta.filename) writeFileSync(target, publishedSchema())
