// Loads exported models as somebody does who has TensorFlow.js alone, and the file beside a model where there is one: run
// as a process of its own, in which nothing of Retort's is registered. Standard input has a folder and samples for each
// model, and standard output gets their logits.
import '@tensorflow/tfjs-backend-cpu'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import * as core from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'

const plain = { ...core.serialization.SerializationMap.getMap().classNameMap }

async function logitsOf({ folder, values, shape, dtype }) {
  const beside = join(folder, 'layers.js')
  const registered = core.serialization.SerializationMap.getMap().classNameMap
  for (const name of Object.keys(registered)) delete registered[name]
  Object.assign(registered, plain)
  if (existsSync(beside)) (await import(pathToFileURL(beside))).registerLayers({ ...core, ...layers })
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'))
  const weightData = Uint8Array.from(readFileSync(join(folder, 'weights.bin'))).buffer
  const files = { modelTopology, weightSpecs: weightsManifest[0].weights, weightData }
  const model = await layers.loadLayersModel(core.io.fromMemory(files))
  const logits = model.predict(core.tensor(values, shape, dtype))
  return { shape: logits.shape, values: Array.from(logits.dataSync()), beside: existsSync(beside) }
}

await core.setBackend('cpu')
const results = []
for (const each of JSON.parse(await text(process.stdin))) {
  results.push(await logitsOf(each).catch(({ message }) => ({ error: message })))
}
process.stdout.write(JSON.stringify(results))
