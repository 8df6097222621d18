// The data set of texts with a class each, whichever files they come from.
import type { ResolvedDataset } from '@retort/schema/trial'
import { assemble, drawSplit, drawTest } from '../assemble.ts'
import { classNamesOf, numbered } from '../classNames.ts'
import { type Data, DatasetProblem } from '../data.ts'
import { labelSlips } from '../labelSlips.ts'
import type { TokenCache } from './tokenCache.ts'
import { tokenIds } from './tokenIds.ts'

type TextDataset = Pick<Extract<ResolvedDataset, { type: 'jsonl' }>, 'tokenizer' | 'maxLength' | 'split'>

export interface Texts {
  texts: string[]
  /** The name of each text's class. */
  labels: string[]
  /** Where classes stand, for messages. */
  where: string
  /** Where a text's class stands, for messages. */
  place(sample: number): string
}

/** @param test the texts to test on, or which share of the training texts these are */
export async function fromTexts(
  dataset: TextDataset,
  all: Texts,
  test: Texts | number,
  cache: TokenCache | null,
): Promise<Data> {
  const { split, maxLength } = dataset
  const classNames = classNamesOf(all.labels)
  if (classNames.length < 2) {
    const found = `only ${JSON.stringify(classNames[0])}`
    throw new DatasetProblem(`${all.place(0)}: expected at least 2 classes in the file, got ${found}`, ['train'])
  }
  const [train, tested] = typeof test === 'number' ? heldOut(all, test, split.seed) : [all, test]
  const labels = {
    train: numbered(train.labels, classNames, train.place),
    test: numbered(tested.labels, classNames, tested.place),
  }
  const drawn = drawSplit(split, train.texts.length, tested.texts.length)
  const trained = Array.from(drawn.train, (sample) => train.labels[sample]!)
  const slips = labelSlips({ where: all.where, classNames, names: all.labels, trained })
  // The training split alone decides on a vocabulary of words.
  const reading = { tokenizer: dataset.tokenizer, maxLength, form: 'filled up', learnFrom: drawn.train } as const
  const { vocabulary, padding, ownPadding, tokenizer, parts } = await tokenIds(
    reading,
    [train.texts, tested.texts],
    cache,
  )
  const [trainIds, testIds] = parts as [Int32Array, Int32Array]
  return assemble({
    dataset: { split, augmentation: 'none' },
    train: { inputs: trainIds, labels: labels.train },
    test: { inputs: testIds, labels: labels.test },
    inputShape: [maxLength],
    vocabulary,
    padding: padding as number,
    tokenizer,
    classes: classNames.length,
    classNames,
    warnings: slips.map((message) => ({ message, path: ['label'] })),
    ...(ownPadding && { notes: [ownPaddingNote(padding as number)] }),
  })
}

const ownPaddingNote = (id: number): string =>
  `the tokenizer names no padding: short texts are filled up with ${id}, an id behind all of its own; "padding" names one of its tokens instead`

function heldOut({ texts, labels, where, place }: Texts, share: number, seed: number): [Texts, Texts] {
  const { train, test } = drawTest(texts.length, share, seed)
  const part = (places: Int32Array): Texts => ({
    texts: Array.from(places, (at) => texts[at]!),
    labels: Array.from(places, (at) => labels[at]!),
    where,
    place: (sample) => place(places[sample]!),
  })
  return [part(train), part(test)]
}
