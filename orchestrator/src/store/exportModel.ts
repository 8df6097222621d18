// Writes a trial's model from its artifacts to files that other programs load.
import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact } from '@retort/schema/artifact'
import { artifactPath } from '@retort/schema/artifact'
import { layersFile, layersFileName } from './layersFile.ts'
import { type FileToWrite, writeFiles } from './writeFiles.ts'

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
 * model.onnx, or model.json and weights.bin for `tf.loadLayersModel`, and layers.js where that has not all of the layers;
 * beside them the tokenizer.json of a model of texts.
 * @throws Error when the trial has left no such artifact, as one that is not done, when it is damaged, or when the folder
 * cannot be written to; nothing is written then
 */
export async function exportModel({ folder, trial, artifacts, format, out }: ModelExport): Promise<WrittenFile[]> {
  const read = async (kind: Artifact['kind']): Promise<Buffer> => {
    const found = artifacts.find((artifact) => artifact.kind === kind)
    if (found === undefined)
      throw new NoModelError(`trial ${trial.slice(0, 12)} has left no model: it is not done, or was not trained here`)
    const path = artifactPath(folder, found.hash)
    const content = await readFile(path)
    const got = hash('sha256', content)
    if (got !== found.hash) throw new Error(`artifact ${path} is damaged: expected SHA-256 ${found.hash}, got ${got}`)
    return content
  }
  const names = {
    ...(format === 'onnx' ? { onnx: 'model.onnx' } : { topology: 'model.json', weights: 'weights.bin' }),
    ...(artifacts.some(({ kind }) => kind === 'tokenizer') && { tokenizer: 'tokenizer.json' }),
  }
  const files: FileToWrite[] = []
  for (const [kind, name] of Object.entries(names)) {
    const content = await read(kind as Artifact['kind'])
    files.push({ path: join(out, name), content })
    const layers = kind === 'topology' ? await layersFile(content.toString()) : null
    if (layers !== null) files.push({ path: join(out, layersFileName), content: Buffer.from(layers) })
  }
  await writeFiles(files, out)
  return files.map(({ path, content }) => ({ path, bytes: content.length }))
}

class NoModelError extends Error {
  override readonly name = 'NoModelError'
  readonly exitCode = 2
}
