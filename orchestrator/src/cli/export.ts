// `retort export TRIAL`: a trained model as files that other programs load.
import { basename, dirname } from 'node:path'
import { enginesText } from '@retort/schema/engines'
import { openForReading } from '@retort/schema/open'
import { artifactsOf, trialRows } from '@retort/schema/store/read/trials'
import { InvalidOptionError } from '../errors/option.ts'
import { writingTo } from '../errors/outputPath.ts'
import { exportModel } from '../store/exportModel.ts'
import { findTrial } from '../store/find.ts'
import { layersFileName } from '../store/layersFile.ts'
import { bytes } from './format.ts'
import { printJson } from './output.ts'

const formats = ['onnx', 'tfjs'] as const

export async function exportTrial(
  name: string,
  options: { json?: boolean; store: string; format: string; out: string },
): Promise<void> {
  const format = formats.find((each) => each === options.format)
  if (format === undefined) throw new InvalidOptionError('--format', formats.join(' or '), options.format)
  const db = openForReading(options.store)
  const trial = findTrial(db, name)
  const { out, store } = options
  const artifacts = artifactsOf(db, trial)
  const written = await writingTo('--out', out, () =>
    exportModel({ folder: dirname(store), trial, artifacts, format, out }),
  )
  const engines = trialRows(db, trial)[0]?.engines ?? null
  if (options.json) return printJson({ trial, format, engines, files: written })
  for (const file of written) console.log(`${file.path}  ${bytes(file.bytes)}`)
  if (engines !== null) console.log(`Trained on ${enginesText(engines)}.`)
  if (!written.some(({ path }) => basename(path) === layersFileName)) return
  console.log(
    `TensorFlow.js has not all of its layers: import { registerLayers } from './${layersFileName}' and call ` +
      'registerLayers(tf) before tf.loadLayersModel.',
  )
}
