// Writes a trial's model from its artifacts to files that other programs load.
import { copyFileSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { artifactPath } from '@retort/schema/artifact'
import type { Artifact } from '@retort/schema/trial'

export interface ModelExport {
  /** The store's folder. */
  folder: string
  trial: string
  artifacts: Pick<Artifact, 'kind' | 'hash'>[]
  format: 'onnx' | 'tfjs'
  /** The folder to write to; made where it is missing. */
  out: string
}

export interface WrittenFile {
  path: string
  bytes: number
}

/**
 * model.onnx, or model.json and weights.bin for `tf.loadLayersModel`.
 * @throws Error when the trial has left no such artifact, as one that is not done
 */
export function exportModel({ folder, trial, artifacts, format, out }: ModelExport): WrittenFile[] {
  const find = (kind: Artifact['kind']): string => {
    const found = artifacts.find((artifact) => artifact.kind === kind)
    if (found === undefined) throw new NoModelError(`trial ${trial.slice(0, 12)} has left no model: it is not done`)
    return artifactPath(folder, found.hash)
  }
  const copies = format === 'onnx' ? { onnx: 'model.onnx' } : { topology: 'model.json', weights: 'weights.bin' }
  const sources = Object.entries(copies).map(([kind, name]) => ({
    from: find(kind as Artifact['kind']),
    to: join(out, name),
  }))
  mkdirSync(out, { recursive: true })
  return sources.map(({ from, to }) => {
    copyFileSync(from, to)
    return { path: to, bytes: statSync(to).size }
  })
}

class NoModelError extends Error {
  override readonly name = 'NoModelError'
  readonly exitCode = 2
}
