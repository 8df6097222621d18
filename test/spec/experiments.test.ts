import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { readExperiment } from '../../orchestrator/src/spec/read.ts'

const folder = resolve(import.meta.dirname, '../../experiments')

it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('%s can be read', (name) => {
  expect(readExperiment(join(folder, name)).experiment.students.length).toBeGreaterThan(0)
})
