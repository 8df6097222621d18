import type { TrialConfig } from '@retort/schema/trial'
import { expect, it } from 'vitest'
import { configurationGroups } from '../../dashboard/view/configuration.ts'

it('a model from a file is shown by the file’s name and hash', () => {
  const sha256 = '0123456789abcdef'.repeat(4)
  const architecture = { type: 'keras', file: 'mobilenet.json', sha256, topology: 'x'.repeat(5000) } as const
  const dataset = { type: 'mnist', split: { train: 'rest', validation: 5000, test: 'all', seed: 0 } } as const
  const config = { role: 'teacher', dataset, architecture, training: {}, seed: 1, distillation: null }
  expect(configurationGroups(config as unknown as TrialConfig)[0]!.facts).toEqual([
    ['type', 'keras'],
    ['file', 'mobilenet.json'],
    ['SHA-256', '0123456789ab'],
  ])
})
