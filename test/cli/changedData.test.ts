// A trial is known by what its data hold, not by where they lie.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folder, retort, small, write } from './retort.ts'

const rows = Array.from({ length: 300 }, (_, row) => [Math.sin(row), Math.cos(1.3 * row)] as const)
const table = rows.map(([a, b]) => `${a},${b},${a + b > 0 ? 'above' : 'below'}`)
const experiment = {
  ...small,
  dataset: { type: 'csv', train: 'rows.csv', label: 'side', split: { validation: 50 } },
  training: { epochs: 1, batchSize: 32 },
  seeds: [1],
}

it('data that moved are the same, data that changed are others', async () => {
  const cwd = folder()
  const file = write(cwd, experiment)
  const rowsFile = join(cwd, 'rows.csv')
  writeFileSync(rowsFile, `a,b,side\n${table.join('\n')}\n`)
  const run = async (path: string) => {
    const { code, stdout, stderr } = await retort(cwd, 'run', path)
    expect([code, stderr]).toEqual([0, ''])
    return stdout
  }
  expect(await run(file)).toContain('4 of 4 trials done (0 reused)')
  const moved = folder()
  for (const name of [file, 'rows.csv']) cpSync(join(cwd, name), join(moved, name))
  expect(await run(join(moved, file))).toContain('4 of 4 trials done (4 reused)')
  // The same length, one row of the other class.
  const text = readFileSync(rowsFile, 'utf8')
  writeFileSync(rowsFile, text.replace(/above$/m, 'below'))
  expect(await run(file)).toContain('4 of 4 trials done (0 reused)')
  writeFileSync(rowsFile, text)
  expect(await run(file)).toContain('4 of 4 trials done (4 reused)')
})
