// The tables of docs/experiment.md are those of the schema.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { withTables } from '../../docs/generate.ts'

const page = readFileSync(new URL('../../docs/experiment.md', import.meta.url), 'utf8')

it('has the tables that the schema makes; if not, run `pnpm generate`', () => {
  expect(withTables(page)).toBe(page)
})

it('shows every definition once', () => {
  const without = page.replace('Student, Pair', 'Student')
  const twice = page.replace('Student, Pair', 'Student, Pair, Pair')
  expect(() => withTables(without)).toThrow('expected one place for the settings of Pair, got 0')
  expect(() => withTables(twice)).toThrow('expected one place for the settings of Pair, got 2')
  expect(() => withTables(page.replace('Student, Pair', 'Student, Pear'))).toThrow('no definition Pear')
})
