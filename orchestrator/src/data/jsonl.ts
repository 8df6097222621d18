// The data set of texts in JSON Lines, an object with a text and its class a line, or in a JSON array of these.
import type { ResolvedDataset } from '@retort/schema/trial'
import type { Data } from './data.ts'
import type { Format } from './format.ts'
import { readJsonl } from './readJsonl.ts'
import { fromTexts, type Texts } from './text/fromTexts.ts'
import type { TokenCache } from './text/tokenCache.ts'

type Jsonl = Extract<ResolvedDataset, { type: 'jsonl' }>

function jsonlFiles({ train, test, tokenizer }: Jsonl): string[] {
  const others = [test, tokenizer.type === 'file' && tokenizer.file].filter((file) => typeof file === 'string')
  return [train, ...others]
}

async function loadJsonl(dataset: Jsonl, cache: TokenCache | null): Promise<Data> {
  const { train, test, text, label } = dataset
  const read = async (key: 'train' | 'test', file: string): Promise<Texts> => {
    const { rows, place } = await readJsonl(file, key, { text, label })
    return {
      texts: rows.map((row) => row.text),
      labels: rows.map((row) => row.label),
      where: `${file}: field ${JSON.stringify(label)}`,
      place: (sample) => `${place(sample)}: field ${JSON.stringify(label)}`,
    }
  }
  const all = await read('train', train)
  return fromTexts(dataset, all, typeof test === 'string' ? await read('test', test) : test, cache)
}

export const jsonl: Format<'jsonl'> = { load: loadJsonl, files: jsonlFiles }
