// What the tests of formats share: a folder for made files, and the problem that a data set has.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import { afterAll, expect } from 'vitest'
import { DatasetProblem } from '../../orchestrator/src/data/data.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'

export const split = { train: 'rest', validation: 1, test: 'all', seed: 0 } as const

/** What a table's data set says where it says nothing. */
export const tableDefaults = {
  type: 'csv',
  test: 0.25,
  ignore: [] as string[],
  oneHot: [] as string[],
  delimiter: 'auto',
  header: true,
  comment: 'none',
  decimal: '.',
  missing: 'auto',
  missingValues: 'auto',
  unseen: 'error',
  image: 'none',
  augmentation: 'none',
  split,
} as const

/** A folder that is deleted after the file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'retort-data-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function write(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

/** @param given may leave out what the schema has defaults for, where the test does not need it */
export async function problemOf(given: object): Promise<DatasetProblem> {
  const error = await loadDataset(given as ResolvedDataset).then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(DatasetProblem)
  return error as DatasetProblem
}
