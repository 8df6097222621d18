// The data set of a plain text: windows of it, at each of whose positions the class is the token that comes next.
import { hash } from 'node:crypto'
import type { ResolvedDataset } from '@retort/schema/trial'
import { assemble } from './assemble.ts'
import { type Data, DatasetProblem } from './data.ts'
import type { Format } from './format.ts'
import { readText } from './readText.ts'
import { forWindows, type ReadText } from './text/forWindows.ts'
import type { TokenCache } from './text/tokenCache.ts'
import type { Located } from './text/tokenizer.ts'

type NextToken = Extract<ResolvedDataset, { type: 'next-token' }>

export function nextTokenFiles({ text, test, tokenizer }: NextToken): string[] {
  const others = [test, tokenizer.type === 'file' && tokenizer.file].filter((file) => typeof file === 'string')
  return [text, ...others]
}

/** Of the text comes first what is trained on, then validation and, where it has no file of its own, testing. */
async function loadNextToken(dataset: NextToken, cache: TokenCache | null): Promise<Data> {
  const { length, split } = dataset
  const { tokenizing, seen, held } = await cutText(dataset, (seen, held) => forWindows(dataset, seen, held, cache))
  const { vocabulary, names, tokenizer } = tokenizing
  return assemble({
    dataset: { split, drawn: drawnOf(seen.trained, seen.starts.length, held.starts.length) },
    train: windows(seen.of, seen.starts, length),
    test: windows(held.of, held.starts, length),
    inputShape: [length],
    labelShape: [length],
    vocabulary,
    classes: vocabulary,
    ...(names && { classNames: names }),
    ...(tokenizer && { tokenizer }),
    contents: contentsOf(seen, held),
    // Windows of the same text may begin elsewhere.
    warnings: seen.text === held.text ? [{ message: sameText, path: ['test'] }] : [],
  })
}

const sameText = 'the text to test on is the text to train on: what is tested was learned'

/** SHA-256 of the texts, of which tokens may tell less: words that are none of the vocabulary are all one. */
export const contentsOf = (seen: { text: string }, held: { text: string }): string =>
  hash('sha256', JSON.stringify([seen.text, held.text]))

/** A text in tokens, and its windows. */
export interface Cut<Tokens> {
  text: string
  of: Tokens
  /** The token that each window begins with. */
  starts: Int32Array
}

export interface CutText<Tokens> {
  tokenizing: ReadText<Tokens>
  /** What is learned from: first come the windows to train on, then those to validate on. */
  seen: Cut<Tokens> & { trained: number }
  /** What is tested on. */
  held: Cut<Tokens>
}

/**
 * Divides a text into the windows of its splits.
 * @param read makes tokens of both texts, with or without their places; the first may decide on a vocabulary
 */
export async function cutText<Tokens extends Int32Array | Located>(
  dataset: Omit<NextToken, 'type'>,
  read: (seen: string, held: string) => Promise<ReadText<Tokens>>,
): Promise<CutText<Tokens>> {
  const { text: file, test, length, split } = dataset
  const text = await readText(file, 'text')
  const [seen, held] = typeof test === 'string' ? [text, await readText(test, 'test')] : heldOut(text, test)
  const tokenizing = await read(seen, held)
  const { seen: learned, held: tested } = tokenizing
  const tokens = idsOf(learned).length
  // A window has one token more than positions: the class of the last.
  const forValidation = split.validation * length + 1
  const left = windowsIn(tokens - forValidation, length)
  if (left < 1) {
    const most = windowsIn(tokens - length - 1, length)
    const expected = `at most ${most} windows of ${length}, which leaves one of the text's ${tokens} tokens to train on`
    throw new DatasetProblem(`${file}: expected ${expected}, got ${split.validation}`, ['split', 'validation'])
  }
  const trained = split.train === 'rest' ? left : split.train
  if (trained > left) {
    const expected = `at most ${left} windows of ${length}, which validation leaves`
    throw new DatasetProblem(`${file}: expected ${expected}, got ${trained}`, ['split', 'train'])
  }
  const testable = windowsIn(idsOf(tested).length, length)
  if (testable < 1) {
    const expected = `more than ${length} tokens to test on, a window and the token after it`
    throw new DatasetProblem(`expected ${expected}, got ${idsOf(tested).length}`, ['test'])
  }
  const reported = split.test === 'all' ? testable : split.test
  if (reported > testable) {
    const expected = `at most ${testable} windows of ${length}, as many as there are to test on`
    throw new DatasetProblem(`expected ${expected}, got ${reported}`, ['split', 'test'])
  }
  // What is in no split is not kept, so that no teacher computes logits for it.
  const starts = [...startsOf(0, trained, length), ...startsOf(tokens - forValidation, split.validation, length)]
  return {
    tokenizing,
    seen: { text: seen, of: learned, starts: Int32Array.from(starts), trained },
    held: { text: held, of: tested, starts: startsOf(0, reported, length) },
  }
}

const idsOf = (tokens: Int32Array | Located): Int32Array => ('tokens' in tokens ? tokens.tokens : tokens)

/** Of windows that stand one behind the other. */
export const startsOf = (from: number, count: number, length: number): Int32Array =>
  Int32Array.from({ length: count }, (_, at) => from + at * length)

/** Who is in which split, where the windows to validate on stand behind those to train on. */
export function drawnOf(trained: number, all: number, tested: number) {
  return { train: places(0, trained), validation: places(trained, all - trained), test: places(0, tested) }
}

/** The last share of the text, from the beginning of a line on where there is one. */
function heldOut(text: string, share: number): [string, string] {
  const at = Math.round(text.length * (1 - share))
  const line = text.indexOf('\n', at) + 1
  // Not in the midst of a character of two units.
  const whole = /[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at + 1 : at
  const cut = line > 0 && line < text.length ? line : whole
  return [text.slice(0, cut), text.slice(cut)]
}

/** How many windows fit that have no position in common. */
export const windowsIn = (tokens: number, length: number): number => Math.max(0, Math.floor((tokens - 1) / length))

/** Tokens [windows, length], and at each position the one after it. */
export function windows(tokens: Int32Array, starts: Int32Array, length: number) {
  const inputs = new Int32Array(starts.length * length)
  const labels = new Int32Array(starts.length * length)
  for (const [window, start] of starts.entries()) {
    inputs.set(tokens.subarray(start, start + length), window * length)
    labels.set(tokens.subarray(start + 1, start + 1 + length), window * length)
  }
  return { inputs, labels }
}

const places = (from: number, count: number): Int32Array => Int32Array.from({ length: count }, (_, at) => from + at)

export const nextToken: Format<'next-token'> = { load: loadNextToken, files: nextTokenFiles }
