// What data hold tells them apart, wherever they lie; and nothing is trained on others than those that were planned.
import { join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import { expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { canonicalDataset } from '../../orchestrator/src/plan/identity.ts'
import { problemOf, split, tableDefaults, temporaryFolder, write } from './files.ts'

const folder = temporaryFolder()
const file = (name: string, text: string) => write(join(folder, name), text)
const csv = (train: string, changes: object = {}) =>
  ({ ...tableDefaults, label: 'class', train, ...changes }) as unknown as ResolvedDataset
type Csv = Extract<ResolvedDataset, { type: 'csv' }>
const table = 'size,class,weight\n1,b,10\n2,a,20\n3,b,30\n4,a,40\n'
const contents = async (dataset: ResolvedDataset) => (await loadDataset(dataset)).contents

it('are the same in another place, others where a number or the name of a class differs', async () => {
  const known = await contents(csv(file('one/table.csv', table)))
  expect(await contents(csv(file('two/other.csv', table)))).toBe(known)
  // Which rows are drawn for validation is a setting, not what the files hold.
  const tested = { test: file('test.csv', table) }
  const drawn = [1, 2].map((seed) =>
    contents(csv(file('one/table.csv', table), { ...tested, split: { ...split, seed } })),
  )
  expect(new Set(await Promise.all(drawn)).size).toBe(1)
  for (const changed of [table.replace('40', '41'), table.replace('4,a', '4,b'), table.replaceAll('a,', 'c,')]) {
    expect(await contents(csv(file('changed.csv', changed)))).not.toBe(known)
  }
})

it('of a text are all of it, also the words that a vocabulary does not tell apart', async () => {
  const text = (words: string) =>
    contents({
      type: 'next-token',
      text: file('text.txt', words.repeat(40)),
      test: 0.5,
      length: 4,
      tokenizer: { type: 'words', size: 2 },
      split: { train: 'rest', validation: 2, test: 'all' },
    } as unknown as ResolvedDataset)
  expect(await text('the old whale the sea ')).toBe(await text('the old whale the sea '))
  expect(await text('the old whale the sea ')).not.toBe(await text('the odd whale the sea '))
})

it('stand for the files in what a trial is known by, once they are read', () => {
  const [here, there] = ['/here/table.csv', '/there/table.csv'].map((path) => csv(path, { sha256: 'a' }))
  expect(canonicalDataset(here!)).toBe(canonicalDataset(there!))
  expect(canonicalDataset(csv('/here/table.csv', { sha256: 'b' }))).not.toBe(canonicalDataset(here!))
  expect(canonicalDataset(csv('/here/table.csv'))).not.toBe(canonicalDataset(csv('/there/table.csv')))
  // A share to test on is no path.
  expect(canonicalDataset(csv('/here/table.csv', { sha256: 'a', test: 0.5 }))).not.toBe(canonicalDataset(here!))
})

it('are known without settings that came later, while these are at their defaults', () => {
  const { header, comment, decimal, missing, missingValues, unseen, ...earlier } = csv('a') as Csv
  expect(canonicalDataset(csv('a'))).toBe(canonicalDataset(earlier as Csv))
  const changes = [
    { header: !header },
    { comment: '#' },
    { decimal: ',' },
    { missing: 'drop' },
    { missingValues: ['?'] },
    { unseen: 'ignore' },
  ]
  expect(new Set([{}, ...changes].map((change) => canonicalDataset(csv('a', change)))).size).toBe(1 + changes.length)
})

it('that are no longer those that were planned are refused', async () => {
  const path = file('planned.csv', table)
  const planned = csv(path, { sha256: await contents(csv(path)) })
  await loadDataset(planned)
  file('planned.csv', table.replace('40', '41'))
  expect(await problemOf(planned)).toMatchObject({
    message: expect.stringMatching(/^its files have changed since they were read: expected \w{64}, got \w{64}$/),
    path: [],
  })
})
