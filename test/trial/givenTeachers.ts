// What tests of teachers that are not trained here share: files of theirs, what they say, and what is told of them.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogitsArtifact } from '@retort/schema/artifact'
import { artifactPath } from '@retort/schema/artifact'
import type { NamedEnsemble, ResolvedGiven } from '@retort/schema/given'
import type { ResolvedDataset } from '@retort/schema/trial'
import { expect } from 'vitest'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { evaluateGiven } from '../../orchestrator/src/trial/given/evaluate.ts'
import { inspect } from '../../orchestrator/src/trial/inspect.ts'
import { runLogits } from '../../orchestrator/src/trial/runLogits.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import { placement, temporaryFolder } from './fixture.ts'

export const folder = temporaryFolder()
export const workshop = openWorkshop(openEngine)
export const channel = { emit: () => {}, stopRequested: () => false }

export const fileOf = (name: string) => {
  const path = join(folder, name)
  return { file: name, path, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') }
}

export const given = (dataset: ResolvedDataset, architecture: ResolvedGiven) =>
  ({ role: 'given', dataset, architecture, training: { epochs: 0 }, seed: 0, distillation: null }) as const

/** The logits of a teacher over the training file and the test samples, and what was measured of it. */
export async function said(dataset: ResolvedDataset, architecture: ResolvedGiven, members: LogitsArtifact[] = []) {
  const config = given(dataset, architecture)
  const common = { trial: 'any', config, placement, artifacts: folder, members }
  const measured = await evaluateGiven({ task: 'evaluate', ...common }, channel, workshop)
  expect(measured, JSON.stringify(measured)).toMatchObject({ outcome: 'done' })
  const computed = await runLogits({ task: 'logits', ...common, weights: null }, channel, workshop)
  if (computed.outcome !== 'computed' || measured.outcome !== 'done') throw new Error(JSON.stringify(computed))
  const bytes = readFileSync(artifactPath(folder, computed.logits.artifact))
  const numbers = new Float32Array(Uint8Array.from(bytes.subarray(0, -64)).buffer)
  return { logits: computed.logits, numbers, metrics: measured.metrics }
}

export async function problemOf(dataset: ResolvedDataset, architecture: ResolvedGiven | NamedEnsemble) {
  const { models } = await inspect({ task: 'inspect', dataset, architectures: [architecture] }, workshop)
  expect(models[0]).toHaveProperty('problem')
  const { problem, path } = models[0] as { problem: string; path: string[] }
  return `${path.join('.')}: ${problem}`
}
