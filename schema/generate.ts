// Writes src/experiment.ts, the TypeScript types of experiment.schema.json. `pnpm generate` runs it.
import { readFileSync, writeFileSync } from 'node:fs'
import { compile, type JSONSchema } from 'json-schema-to-typescript'

const source = new URL('experiment.schema.json', import.meta.url)
const target = new URL('src/experiment.ts', import.meta.url)

export async function experimentTypes(): Promise<string> {
  return compile(JSON.parse(readFileSync(source, 'utf8')) as JSONSchema, 'Experiment', {
    bannerComment: '// Made from experiment.schema.json by `pnpm generate`; do not edit.',
    additionalProperties: false,
    unreachableDefinitions: true,
    style: { semi: false, singleQuote: true, printWidth: 110 },
  })
}

if (process.argv[1] === import.meta.filename) writeFileSync(target, await experimentTypes())
