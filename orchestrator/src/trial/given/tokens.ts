// Whether a teacher of somebody else's reads the tokens that the data consist of.
import type { GivenFile } from '@retort/schema/given'
import type { Data } from '../../data/data.ts'
import { charactersJson, compareTokenizers } from '../../data/text/compareTokenizers.ts'
import { readGiven } from '../../spec/given/files.ts'
import { isRecord } from '../../spec/schema.ts'
import { GivenProblem } from './source.ts'

/**
 * @param stated the teacher's tokenizer.json, where the experiment names it
 * @param known the hash of the one that it was trained with, where its own metadata tell it
 * @throws GivenProblem where the teacher would read other tokens
 */
export function checkTokens(
  stated: GivenFile | null,
  known: string | null,
  { tokenizer, labelShape, classNames }: Pick<Data, 'tokenizer' | 'labelShape' | 'classNames'>,
): void {
  // The classes of a text's positions are its tokens.
  const characters = labelShape.length > 0 ? classNames : null
  if (tokenizer === null && characters === null) {
    if (stated === null) return
    throw new GivenProblem(`expected none, since the data are no texts, got ${stated.file}`, ['tokenizer'])
  }
  if (stated !== null) {
    const ours =
      tokenizer === null ? charactersJson(characters ?? []) : JSON.parse(Buffer.from(tokenizer.json).toString('utf8'))
    const differences = compareTokenizers(jsonOf(stated), ours)
    if (differences.length === 0) return
    throw new GivenProblem(`${stated.file}: not the data's tokenizer: ${differences.join('; ')}`, ['tokenizer'])
  }
  if (known === null || known === tokenizer?.sha256) return
  const own = tokenizer === null ? 'tokens are characters' : `has ${tokenizer.sha256}`
  const hashes = `it was trained with the tokenizer.json of SHA-256 ${known}, and the data's ${own}`
  throw new GivenProblem(`${hashes}; name its file as "tokenizer", and the two are compared`, ['file'])
}

function jsonOf(file: GivenFile): unknown {
  const bytes = readGiven(file)
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw new GivenProblem(`${file.file}: expected a tokenizer.json: ${(error as Error).message}`, ['tokenizer'])
  }
}

/** The hash in what a model's metadata say under `tokenizer`, as Retort's exports do; null where they say nothing. */
export function tokenizerIn(metadata: unknown): string | null {
  return isRecord(metadata) && typeof metadata.sha256 === 'string' ? metadata.sha256 : null
}
