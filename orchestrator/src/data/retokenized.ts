// The data set of a teacher that reads a text by a tokenizer of its own: windows of its tokens over the very stretches
// of text that its students train, validate and test on, and which of its positions say what theirs are to say.
import type { RetokenizedDataset } from '@retort/schema/trial'
import { assemble } from './assemble.ts'
import { type Data, DatasetProblem } from './data.ts'
import { type Cut, contentsOf, cutText, drawnOf, nextTokenFiles, startsOf, windows, windowsIn } from './nextToken.ts'
import { charactersJson, compareTokenizers } from './text/compareTokenizers.ts'
import { locatedForWindows, type ReadText } from './text/forWindows.ts'
import type { TokenCache } from './text/tokenCache.ts'
import type { Located } from './text/tokenizer.ts'

/** What the teacher reads for the windows of its students' training file. */
export interface Alignment {
  /** Its tokens, [windows, its length]: they begin no later in the text than the student's window does. */
  inputs: Int32Array
  /**
   * [windows, the students' length]: of a student's position, which predicts the token that begins at some place of the
   * text, the teacher's position in the window that predicts the token beginning at the same place; -1 where none does.
   */
  partners: Int32Array
  /** How many positions have such a partner. */
  aligned: number
}

export interface Retokenized {
  data: Data
  alignment: Alignment
  /** How its tokens differ from the students'. */
  differences: string[]
}

export const retokenizedFiles = ({ of, tokenizer }: RetokenizedDataset): string[] => [
  ...nextTokenFiles(of),
  ...(tokenizer.type === 'file' ? [tokenizer.file] : []),
]

export const loadRetokenized = async (dataset: RetokenizedDataset, cache: TokenCache | null): Promise<Data> =>
  (await retokenize(dataset, cache)).data

/**
 * The teacher's windows are at least as long as the longest stretch of text of a student's window takes in its tokens,
 * so that it never knows less of the text than the student whom it teaches.
 * @param cache where tokens of both may be kept, with their places
 */
export async function retokenize(
  { of, tokenizer, length: wanted }: RetokenizedDataset,
  cache: TokenCache | null = null,
): Promise<Retokenized> {
  const students = await cutText(of, (seen, held) => locatedForWindows(of, seen, held, cache))
  const { seen, held } = students
  const own = await locatedForWindows({ ...of, tokenizer }, seen.text, held.text, cache)
  const { seen: learned, held: tested } = own
  const pairing = pair(seen, learned, of.length)
  const needed = Math.max(2, pairing.longest)
  const length = wanted ?? needed
  if (length < needed) {
    const expected = `at least ${needed} positions, which the longest stretch of text of a student's window takes`
    throw new DatasetProblem(`expected ${expected}, got ${length}`, ['length'])
  }
  const parts = {
    train: stretch(seen, 0, seen.trained, of.length, learned),
    validation: stretch(seen, seen.trained, seen.starts.length, of.length, learned),
    test: stretch(held, 0, held.starts.length, of.length, tested),
  }
  const starts = Object.entries(parts).map(([part, { from, to }]) => {
    const count = windowsIn(to - from, length)
    if (count > 0) return startsOf(from, count, length)
    const expected = `a stretch of text of at least ${length + 1} tokens of the teacher's own`
    throw new DatasetProblem(`expected ${expected}, got ${Math.max(0, to - from)}`, ['of', 'split', part])
  }) as [Int32Array, Int32Array, Int32Array]
  const [train, validation, test] = starts
  const { vocabulary, names } = own
  return {
    data: assemble({
      dataset: { split: of.split, drawn: drawnOf(train.length, train.length + validation.length, test.length) },
      train: windows(learned.tokens, Int32Array.from([...train, ...validation]), length),
      test: windows(tested.tokens, test, length),
      inputShape: [length],
      labelShape: [length],
      vocabulary,
      classes: vocabulary,
      ...(names && { classNames: names }),
      ...(own.tokenizer && { tokenizer: own.tokenizer }),
      contents: contentsOf(students.seen, students.held),
    }),
    alignment: align(pairing, learned, length),
    differences: compareTokenizers(jsonOf(own), jsonOf(students.tokenizing)),
  }
}

/** The teacher's tokens in the text of some windows of its students, from the first to behind the last. */
function stretch({ text, of, starts }: Cut<Located>, first: number, end: number, length: number, theirs: Located) {
  const from = placeOf(of.begins, starts[first]!) ?? 0
  // Behind the class of the last position.
  const to = placeOf(of.begins, starts[end - 1]! + length + 1) ?? text.length
  const inside = (token: number) => theirs.begins[token]! >= from
  let [start, stop] = [0, theirs.tokens.length]
  while (start < stop && !inside(start)) start++
  // A token that reaches beyond the stretch is none of it.
  const endOf = (token: number) => placeOf(theirs.begins, token + 1) ?? text.length
  while (stop > start && endOf(stop - 1) > to) stop--
  return { from: start, to: stop }
}

/** Where the first token from one on that has a place begins. */
function placeOf(begins: Int32Array, token: number): number | undefined {
  for (let at = token; at < begins.length; at++) if (begins[at]! >= 0) return begins[at]
  return undefined
}

interface Pairing {
  /** [windows, length]: the teacher's token that begins where the one does that a position predicts; -1 for none. */
  tokens: Int32Array
  length: number
  /** Of each window: the teacher's token that it begins in. */
  first: Int32Array
  /** How many tokens the longest window takes, its last prediction left out. */
  longest: number
}

function pair({ of, starts }: Cut<Located>, theirs: Located, length: number): Pairing {
  const { same, before } = match(of.begins, theirs.begins)
  const tokens = new Int32Array(starts.length * length)
  const first = new Int32Array(starts.length)
  let longest = 1
  for (const [window, start] of starts.entries()) {
    first[window] = Math.max(0, before[start]!)
    for (let at = 0; at < length; at++) {
      // Of what a window begins with nothing is known, so that it is no prediction.
      const token = same[start + at + 1]! > first[window]! ? same[start + at + 1]! : -1
      tokens[window * length + at] = token
      if (token >= 0) longest = Math.max(longest, token - first[window]!)
    }
  }
  return { tokens, length, first, longest }
}

/** Of each of our tokens: theirs that begins at the same place, or -1; and theirs that begins last up to there, or -1. */
export function match(ours: Int32Array, theirs: Int32Array): { same: Int32Array; before: Int32Array } {
  const [same, before] = [new Int32Array(ours.length).fill(-1), new Int32Array(ours.length)]
  let [next, last] = [0, -1]
  for (const [token, place] of ours.entries()) {
    while (place >= 0 && next < theirs.length && theirs[next]! <= place) {
      if (theirs[next]! >= 0) last = next
      next++
    }
    before[token] = last
    if (place >= 0 && last >= 0 && theirs[last] === place) same[token] = last
  }
  return { same, before }
}

/** A window ends before the last token that is to be predicted; what it has room for stands before the student's. */
function align({ tokens, length: positions, first }: Pairing, { tokens: ids }: Located, length: number): Alignment {
  const inputs = new Int32Array(first.length * length)
  const partners = new Int32Array(tokens.length).fill(-1)
  let aligned = 0
  for (const [window, opening] of first.entries()) {
    const own = tokens.subarray(window * positions, (window + 1) * positions)
    const end = own.reduce((most, token) => Math.max(most, token), opening + 1)
    const start = Math.max(0, end - length)
    inputs.set(ids.subarray(start, start + length), window * length)
    for (const [at, token] of own.entries()) {
      if (token < 0) continue
      partners[window * positions + at] = token - 1 - start
      aligned++
    }
  }
  return { inputs, partners, aligned }
}

const jsonOf = ({ tokenizer, names }: Pick<ReadText<Located>, 'tokenizer' | 'names'>): unknown =>
  tokenizer === null ? charactersJson(names ?? []) : JSON.parse(Buffer.from(tokenizer.json).toString('utf8'))
