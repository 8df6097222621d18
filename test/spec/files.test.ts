// An experiment's file is read as text, or it is said what stands there.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readExperiment } from '@retort/orchestrator/spec/read'
import { expect, it, onTestFinished } from 'vitest'

it('what is no text of JSON is told in one line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retort files '))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'f'))
  writeFileSync(join(folder, 'empty'), '')
  writeFileSync(join(folder, 'binary'), Buffer.from([0x89, 0x50, 0x4e, 0x47]))
  const cases = {
    f: '  expected a readable file, got a folder',
    missing: '  expected a readable file, got no such file',
    'empty/x': '  expected a readable file, got a file in the place of its folder',
    empty: ':1:1  broken JSON: expected a value, got the end of the file',
    binary: '  expected text in UTF-8, got other bytes',
  }
  for (const [name, message] of Object.entries(cases)) {
    const file = join(folder, name)
    expect(() => readExperiment(file)).toThrow(`${file}${message}`)
  }
})
