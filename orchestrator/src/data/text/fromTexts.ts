// The data set of texts with a class each, whichever files they come from.
import type { ResolvedDataset } from '@retort/schema/trial'
import { assemble, drawSplit, drawTest } from '../assemble.ts'
import { classNamesOf, numbered } from '../classNames.ts'
import { type Data, DatasetProblem, type Samples } from '../data.ts'
import { type Encoder, encoderOf, openTokenizer } from './tokenizer.ts'

type TextDataset = Pick<Extract<ResolvedDataset, { type: 'jsonl' }>, 'tokenizer' | 'maxLength' | 'split'>

export interface Texts {
  texts: string[]
  /** The name of each text's class. */
  labels: string[]
  /** Where a text's class stands, for messages. */
  place(sample: number): string
}

/** @param test the texts to test on, or which share of the training texts these are */
export async function fromTexts(dataset: TextDataset, all: Texts, test: Texts | number): Promise<Data> {
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
  const encoder = await encoderFor(
    dataset,
    Array.from(drawn.train, (place) => train.texts[place]!),
  )
  const part = ({ texts }: Texts, labels: Int32Array): Pick<Samples, 'inputs' | 'labels'> => {
    const inputs = new Int32Array(texts.length * maxLength)
    for (const [place, text] of texts.entries()) inputs.set(encoder.encode(text), place * maxLength)
    return { inputs, labels }
  }
  const { json, sha256, padding, vocabulary } = encoder
  return assemble({
    dataset: { split, augmentation: 'none' },
    train: part(train, labels.train),
    test: part(tested, labels.test),
    inputShape: [maxLength],
    vocabulary,
    padding,
    tokenizer: { json, sha256, padding },
    classes: classNames.length,
    classNames,
  })
}

/** @param texts of the training split, which alone decide on a vocabulary */
async function encoderFor({ tokenizer, maxLength }: TextDataset, texts: string[]): Promise<Encoder> {
  if (tokenizer.type === 'file') return openTokenizer(tokenizer, maxLength)
  const { wordsTokenizer } = await import('./words.ts')
  const json = Buffer.from(wordsTokenizer(texts, tokenizer.size, maxLength))
  return encoderOf(json, { padding: 'auto', maxLength }, (problem) => {
    throw new Error(`the tokenizer of words: ${problem}`)
  })
}

function heldOut({ texts, labels, place }: Texts, share: number, seed: number): [Texts, Texts] {
  const { train, test } = drawTest(texts.length, share, seed)
  const part = (places: Int32Array): Texts => ({
    texts: Array.from(places, (at) => texts[at]!),
    labels: Array.from(places, (at) => labels[at]!),
    place: (sample) => place(places[sample]!),
  })
  return [part(train), part(test)]
}
