// The mails of SpamAssassin: how many there are of each kind, and what of a mail is its text.
import type { ResolvedDataset } from '@retort/schema/trial'
import { expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { textOf } from '../../orchestrator/src/data/spamAssassin.ts'

it('a mail’s text is its subject and its body', () => {
  const folded = 'From: a\r\nsubject: Buy\r\n\tnow\r\nTo: b\r\n\r\nDear friend,\r\n\r\nSubject: none\r\n'
  expect(textOf(folded)).toBe('Buy now\nDear friend,\r\n\r\nSubject: none')
  expect(textOf('From: a\nTo: b\n\nbody\n')).toBe('\nbody')
  expect(textOf('Subject: alone')).toBe('alone\n')
})

it('all 6,046 mails are there, ham and spam, in the same parts each time', async () => {
  const dataset: ResolvedDataset = {
    type: 'spam-assassin',
    test: 0.2,
    tokenizer: { type: 'words', size: 2000 },
    maxLength: 32,
    split: { train: 'rest', validation: 800, test: 'all', seed: 0 },
  }
  const data = await loadDataset(dataset)
  expect(data).toMatchObject({ inputShape: [32], vocabulary: 2002, classes: 2, classNames: ['ham', 'spam'] })
  expect([data.train, data.validation, data.test].map(({ indices }) => indices.length)).toEqual([4037, 800, 1209])
  const labels = [...data.train.labels, ...data.test.labels]
  // As the package counts them.
  expect([0, 1].map((of) => labels.filter((label) => label === of).length)).toEqual([4150, 1896])
  const { model } = JSON.parse(Buffer.from(data.tokenizer!.json).toString())
  // What they are mostly made of.
  for (const word of ['the', '.', '<', '>', 'to']) expect(model.vocab[word]).toBeLessThan(30)
  expect((await loadDataset(dataset)).hash).toBe(data.hash)
})
