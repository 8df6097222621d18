// The data set of a plain text: windows of it, at each of whose positions the class is the token that comes next.
import type { ResolvedDataset } from '@retort/schema/trial'
import { assemble } from './assemble.ts'
import { type Data, DatasetProblem, type Samples } from './data.ts'
import { readBytes } from './readBytes.ts'
import { forWindows } from './text/forWindows.ts'
import type { TokenCache } from './text/tokenCache.ts'

type NextToken = Extract<ResolvedDataset, { type: 'next-token' }>
type Part = Pick<Samples, 'inputs' | 'labels'>

export function nextTokenFiles({ text, test, tokenizer }: NextToken): string[] {
  const others = [test, tokenizer.type === 'file' && tokenizer.file].filter((file) => typeof file === 'string')
  return [text, ...others]
}

/** Of the text comes first what is trained on, then validation and, where it has no file of its own, testing. */
export async function loadNextToken(dataset: NextToken, cache: TokenCache | null): Promise<Data> {
  const { text: file, test, length, split } = dataset
  const text = await readText(file, 'text')
  const [seen, held] = typeof test === 'string' ? [text, await readText(test, 'test')] : heldOut(text, test)
  const read = await forWindows(dataset, seen, held, cache)
  const { vocabulary, names, tokenizer, seen: tokens, held: tested } = read
  // A window has one token more than positions: the class of the last.
  const forValidation = split.validation * length + 1
  const left = windowsIn(tokens.length - forValidation, length)
  if (left < 1) {
    const most = windowsIn(tokens.length - length - 1, length)
    const expected = `at most ${most} windows of ${length}, which leaves one of the text's ${tokens.length} tokens to train on`
    throw new DatasetProblem(`${file}: expected ${expected}, got ${split.validation}`, ['split', 'validation'])
  }
  const trained = split.train === 'rest' ? left : split.train
  if (trained > left) {
    const expected = `at most ${left} windows of ${length}, which validation leaves`
    throw new DatasetProblem(`${file}: expected ${expected}, got ${trained}`, ['split', 'train'])
  }
  const testable = windowsIn(tested.length, length)
  if (testable < 1) {
    const expected = `more than ${length} tokens to test on, a window and the token after it`
    throw new DatasetProblem(`expected ${expected}, got ${tested.length}`, ['test'])
  }
  const reported = split.test === 'all' ? testable : split.test
  if (reported > testable) {
    const expected = `at most ${testable} windows of ${length}, as many as there are to test on`
    throw new DatasetProblem(`expected ${expected}, got ${reported}`, ['split', 'test'])
  }
  // What is in no split is not kept, so that no teacher computes logits for it.
  const drawn = { train: places(0, trained), validation: places(trained, split.validation), test: places(0, reported) }
  return assemble({
    dataset: { split, drawn },
    train: joined(
      windows(tokens.subarray(0, tokens.length - forValidation), length, trained),
      windows(tokens.subarray(tokens.length - forValidation), length, split.validation),
    ),
    test: windows(tested, length, reported),
    inputShape: [length],
    labelShape: [length],
    vocabulary,
    classes: vocabulary,
    ...(names && { classNames: names }),
    ...(tokenizer && { tokenizer }),
  })
}

async function readText(path: string, key: string): Promise<string> {
  const bytes = await readBytes(path, key)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new DatasetProblem(`${path}: expected text in UTF-8`, [key])
  }
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
const windowsIn = (tokens: number, length: number): number => Math.max(0, Math.floor((tokens - 1) / length))

/** Tokens [count, length], and at each position the one after it. */
function windows(tokens: Int32Array, length: number, count: number): { inputs: Int32Array; labels: Int32Array } {
  return { inputs: tokens.slice(0, count * length), labels: tokens.slice(1, count * length + 1) }
}

function joined(one: ReturnType<typeof windows>, other: ReturnType<typeof windows>): Part {
  const both = (key: 'inputs' | 'labels') => {
    const all = new Int32Array(one[key].length + other[key].length)
    all.set(one[key])
    all.set(other[key], one[key].length)
    return all
  }
  return { inputs: both('inputs'), labels: both('labels') }
}

const places = (from: number, count: number): Int32Array => Int32Array.from({ length: count }, (_, at) => from + at)
