// The files beside an ONNX model that hold its weights: where they lie, and that they hold all that the model reads.
import { realpathSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { GivenFile } from '@retort/schema/given'
import onnxProto from 'onnx-proto'
import { isOutside, sha256Of } from '../../spec/given/files.ts'
import { type Model, sizeOfTensor, type TensorProto, tensorsOf } from './onnxFile.ts'
import { GivenProblem } from './source.ts'

const { DataLocation } = onnxProto.onnx.TensorProto

/** Bytes of an element, by ONNX's number of its type; the types that hold two elements in a byte are left out. */
const widths: Record<number, number> = {
  1: 4,
  2: 1,
  3: 1,
  4: 2,
  5: 2,
  6: 4,
  7: 8,
  9: 1,
  10: 2,
  11: 8,
  12: 4,
  13: 8,
  14: 8,
  15: 16,
  16: 2,
  17: 1,
  18: 1,
  19: 1,
  20: 1,
}

/**
 * @returns each file once, in the order in which the model names them
 * @throws GivenProblem where one is missing, too short, or outside of the model's folder
 */
export function externalFiles(model: Model, { file, path }: Pick<GivenFile, 'file' | 'path'>): GivenFile[] {
  const folder = dirname(path)
  const sizes = new Map<string, number>()
  for (const { tensor, name } of tensorsOf(model)) {
    if (tensor.dataLocation !== DataLocation.EXTERNAL) continue
    const problem = (message: string) => new GivenProblem(`weight "${name}" of ${file}: ${message}`, ['file'])
    const {
      location = '',
      offset = '0',
      length,
    } = Object.fromEntries((tensor.externalData ?? []).map(({ key, value }) => [key, value ?? ''])) as Record<
      string,
      string | undefined
    >
    if (!sizes.has(location)) sizes.set(location, sizeIn(folder, location, problem))
    const size = sizes.get(location)!
    const end = Number(offset) + (length === undefined ? bytesOf(tensor) : Number(length))
    if (!(end <= size)) {
      throw problem(`expected at least ${end} bytes in ${JSON.stringify(location)}, got ${size}: it was cut short`)
    }
  }
  return [...sizes.keys()].map((location) => {
    const external = join(folder, location)
    return { file: location, path: external, sha256: sha256Of(external) }
  })
}

/** @throws Error where one is another than when it was planned */
export function checkUnchanged(planned: GivenFile[], found: GivenFile[]): void {
  for (const [index, { file, sha256 }] of planned.entries()) {
    const now = found[index]?.sha256
    if (now === sha256) continue
    throw new Error(
      `${file} has changed since it was planned: expected SHA-256 ${sha256}, got ${now ?? 'no such file'}`,
    )
  }
}

const bytesOf = (tensor: TensorProto): number => sizeOfTensor(tensor) * (widths[tensor.dataType ?? 0] ?? 0)

function sizeIn(folder: string, location: string, problem: (message: string) => GivenProblem): number {
  const shown = JSON.stringify(location)
  const outside = () => problem(`expected a file in the model's folder, got ${shown}, which leads out of it`)
  if (location === '') throw problem('expected the name of a file that holds it, got none')
  if (isOutside(location)) throw outside()
  try {
    // Links inside of the folder are followed, those that lead out of it are not.
    const real = realpathSync(join(folder, location))
    if (isOutside(relative(realpathSync(folder), real))) throw outside()
    const stat = statSync(real)
    if (!stat.isFile()) throw problem(`expected a file, got the folder ${shown}`)
    return stat.size
  } catch (error) {
    if (error instanceof GivenProblem) throw error
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'no such file' : message
    throw problem(`expected it in ${shown}, a file beside the model, got ${why}`)
  }
}
