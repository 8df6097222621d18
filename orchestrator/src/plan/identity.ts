// A trial's identity: the hash of its resolved configuration. What two configurations share is written once.

import { hash } from 'node:crypto'
import { datasetFacts } from '@retort/schema/definitions/datasets'
import type { AnyConfig, ResolvedArchitecture, ResolvedDataset, TrialConfig } from '@retort/schema/trial'
import type { TrialId } from '@retort/schema/trialId'
import { canonical, canonicalTraining } from '../spec/canonical.ts'
import { contentOf } from '../spec/given/content.ts'
import { branchFor, definition, fill } from '../spec/schema.ts'

/** Canonical JSON (RFC 8785) of each part of a configuration but its seed. */
export type CanonicalParts = Record<Exclude<keyof TrialConfig, 'seed'>, string>

/** SHA-256, in hexadecimal, of the configuration as canonical JSON (RFC 8785): the order of its keys is no part of it. */
export function trialId(config: AnyConfig): TrialId {
  return trialIdOf(canonicalParts(config), config.seed)
}

/** The same for all replicates: SHA-256 of the configuration without its seed, as canonical JSON. */
export function configurationOf(parts: CanonicalParts): string {
  return sha256(`${beforeSeed(parts)}${afterSeed(parts)}`)
}

/** `trialId` of a configuration whose parts are canonical JSON already. */
export function trialIdOf(parts: CanonicalParts, seed: number): TrialId {
  return sha256(`${beforeSeed(parts)}"seed":${canonical(seed)},${afterSeed(parts)}`)
}

export function canonicalParts(config: AnyConfig): CanonicalParts {
  return {
    architecture:
      config.role === 'given' ? canonical(contentOf(config.architecture)) : canonicalArchitecture(config.architecture),
    dataset: canonicalDataset(config.dataset),
    distillation: canonicalDistillation(config.distillation),
    role: canonical(config.role),
    training: canonicalTraining(config.training),
  }
}

/** A model's file counts by what it says: neither its name nor how its text is packed is part of the identity. */
export function canonicalArchitecture(architecture: ResolvedArchitecture): string {
  if (architecture.type !== 'keras') return canonical(architecture)
  const { type, sha256 } = architecture
  return canonical({ type, sha256 })
}

/** Data and a tokenizer's file, too, count by what they hold, once that is known. */
export const canonicalDataset = (dataset: ResolvedDataset): string => canonical(withoutFiles(dataset))

function withoutFiles(dataset: ResolvedDataset): object {
  const whole = dataset.type === 'retokenized' ? { ...dataset, of: withoutFiles(dataset.of) } : withoutPaths(dataset)
  if (!('tokenizer' in dataset) || dataset.tokenizer.type !== 'file') return whole
  const { file: _, ...tokenizer } = dataset.tokenizer
  return { ...whole, tokenizer }
}

type ReadDataset = Exclude<ResolvedDataset, { type: 'retokenized' }>

function withoutPaths(dataset: ReadDataset): object {
  const facts = datasetFacts(dataset.type)
  const paths = dataset.sha256 === undefined ? [] : facts.paths
  const { properties } = branchFor(definition('Dataset'), dataset)!
  const isDefault = (key: string, value: unknown) => canonical(value) === canonical(fill(properties![key]!, undefined))
  const isLeftOut = ([key, value]: [string, unknown]) =>
    (paths.includes(key) && typeof value === 'string') || (facts.later.includes(key) && isDefault(key, value))
  return Object.fromEntries(Object.entries(dataset).filter((entry) => !isLeftOut(entry)))
}

/** Objectives have such settings, too. */
export function canonicalDistillation(distillation: AnyConfig['distillation']): string {
  if (distillation === null) return canonical(null)
  const objective = distillation.objective.map((term) => {
    if (term.type !== 'attention-transfer' || term.resize !== 'map') return term
    const { resize: _, ...others } = term
    return others
  })
  return canonical({ ...distillation, objective })
}

// Canonical JSON has its keys in order: these come before "seed", and training after it.
function beforeSeed({ architecture, dataset, distillation, role }: CanonicalParts): string {
  return `{"architecture":${architecture},"dataset":${dataset},"distillation":${distillation},"role":${role},`
}

function afterSeed({ training }: CanonicalParts): string {
  return `"training":${training}}`
}

function sha256(text: string): string {
  return hash('sha256', text)
}
