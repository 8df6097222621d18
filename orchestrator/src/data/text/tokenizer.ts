// From texts to token ids of one length, by a tokenizer.json and Hugging Face's library for it.
import { hash } from 'node:crypto'
import type { Tokenizer as Library } from '@huggingface/tokenizers'
import { isRecord } from '../../spec/schema.ts'
import { DatasetProblem, type Tokenizing } from '../data.ts'
import { readBytes } from '../readBytes.ts'
import { beginsOf } from './begins.ts'
import { spellingOf } from './spelling.ts'

/** Token ids of a text, [maxLength]. */
export interface Encoder extends Tokenizing {
  /** What ids of its tokens are below. */
  vocabulary: number
  /** Where it names no padding, short texts are filled up with the id behind all of its tokens. */
  encode(text: string): number[]
  /** Of all of a text, however long, without tokens around it. */
  whole(text: string): number[]
  /** The same, with where in the text each of them begins; -1 for those that begin inside of a letter. */
  located(text: string): Located
}

export interface Located {
  tokens: Int32Array
  /** In UTF-16 units, ascending but for what is -1. */
  begins: Int32Array
}

/**
 * The first tokens of a text, without reading all of a long one: from as much of it as makes twice the tokens, since
 * those near the end of a part may be others than in the whole.
 */
export function firstOf<Token>(text: string, count: number, tokensOf: (part: string) => Token[]): Token[] {
  for (let length = 8 * count; ; length *= 2) {
    const tokens = tokensOf(text.slice(0, length))
    if (length >= text.length || tokens.length >= 2 * count) return tokens.slice(0, count)
  }
}

const usualPaddings = ['[PAD]', '<pad>', '<|padding|>']

interface FileSettings {
  file: string
  sha256: string
  /** A token, or "auto". */
  padding: string
}

interface TokenizerFile {
  bytes: Uint8Array
  sha256: string
  /** Takes it apart, which may take long. */
  open(): Promise<Encoder>
}

/**
 * @throws DatasetProblem where the file cannot be read, or has changed since the experiment was read; and when it is
 * opened, where it cannot be used
 */
export async function readTokenizer(settings: FileSettings, maxLength: number): Promise<TokenizerFile> {
  const { file, sha256, padding } = settings
  const bytes = await readBytes(file, 'tokenizer').catch((error: DatasetProblem) => {
    throw new DatasetProblem(error.message, ['tokenizer', 'file'])
  })
  const fail = (text: string, key = 'file'): never => {
    throw new DatasetProblem(`${file}: ${text}`, ['tokenizer', key])
  }
  const got = hash('sha256', bytes)
  if (got !== sha256) fail(`it has changed since it was planned: expected SHA-256 ${sha256}, got ${got}`)
  return { bytes, sha256, open: () => encoderOf(bytes, { padding, maxLength }, fail) }
}

/** How the file's problem is told. */
type Fail = (text: string, key?: string) => never

/**
 * @param bytes of a tokenizer.json
 * @param maxLength of a sample, which the tokenizer's own tokens around a text are part of
 */
export async function encoderOf(
  bytes: Uint8Array,
  { padding, maxLength }: { padding: string; maxLength: number },
  fail: Fail,
): Promise<Encoder> {
  const { tokenizer, json } = await opened(bytes, fail)
  const tokens = tokenizer.get_vocab()
  const pad = paddingOf(json, padding, tokens, fail)
  const vocabulary = 1 + [...tokens.values()].reduce((most, id) => Math.max(most, id), pad ?? -1)
  const encoded = (text: string) => {
    const { ids, tokens } = tokenizer.encode(text, { add_special_tokens: false })
    const known = ids.map((id: number | undefined, place: number): number => {
      return id ?? fail(`it has neither the token ${JSON.stringify(tokens[place])} nor one for what is unknown`)
    })
    return { ids: known, tokens }
  }
  const idsOf = (text: string): number[] => encoded(text).ids
  let around: [number[], number[]] | undefined
  return {
    json: bytes,
    sha256: hash('sha256', bytes),
    padding: pad,
    vocabulary,
    encode(text) {
      around ??= surrounding(tokenizer, maxLength, fail)
      const [opening, closing] = around
      const found = firstOf(text, maxLength - opening.length - closing.length, idsOf)
      const whole = [...opening, ...found, ...closing]
      return [...whole, ...new Array<number>(maxLength - whole.length).fill(pad ?? vocabulary)]
    },
    whole: idsOf,
    located(text) {
      const { ids, tokens } = encoded(text)
      return { tokens: Int32Array.from(ids), begins: beginsOf(text, tokens, spellingOf(tokenizer, json), fail) }
    },
  }
}

async function opened(bytes: Uint8Array, fail: Fail): Promise<{ tokenizer: Library; json: Record<string, unknown> }> {
  // Where no text is read, a trial's process starts without it.
  const { Tokenizer } = await import('@huggingface/tokenizers')
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    if (!isRecord(json) || !isRecord(json.model)) throw new Error('it has no "model"')
    // The library looks for the unknown token of a WordLevel model beside the file, where old models have it.
    const { unk_token: unknown } = json.model
    const beside = typeof unknown === 'string' ? { unk_token: unknown } : {}
    return { tokenizer: new Tokenizer({ added_tokens: [], ...json }, beside), json }
  } catch (error) {
    return fail(`expected a tokenizer.json that @huggingface/tokenizers can read: ${(error as Error).message}`)
  }
}

/** Null where it names none, and has none of the usual ones. */
function paddingOf(
  json: Record<string, unknown>,
  stated: string,
  tokens: Map<string, number>,
  fail: Fail,
): number | null {
  if (stated !== 'auto') {
    return tokens.get(stated) ?? fail(`expected a token of the tokenizer, got ${JSON.stringify(stated)}`, 'padding')
  }
  const { padding } = json
  if (isRecord(padding) && Number.isInteger(padding.pad_id)) return padding.pad_id as number
  const known = usualPaddings.find((token) => tokens.has(token))
  return known === undefined ? null : (tokens.get(known) as number)
}

/** The ids that the tokenizer sets before and behind a text, as BERT's [CLS] and [SEP], if there is room for more. */
function surrounding(tokenizer: Library, maxLength: number, fail: Fail): [number[], number[]] {
  const probe = 'a'
  const whole: number[] = tokenizer.encode(probe).ids
  const plain: number[] = tokenizer.encode(probe, { add_special_tokens: false }).ids
  for (let start = 0; start + plain.length <= whole.length; start++) {
    if (plain.every((id, at) => whole[start + at] === id)) {
      const count = whole.length - plain.length
      if (count < maxLength) return [whole.slice(0, start), whole.slice(start + plain.length)]
      throw new DatasetProblem(`expected at least ${count} tokens around each text and one of it, got ${maxLength}`, [
        'maxLength',
      ])
    }
  }
  return fail('its post_processor changes the tokens of a text, beyond setting others around them')
}
