// What feeds a step on a GPU. Each array that goes there or comes back costs 0.15 to 0.6 ms on an H200, more than ten
// operators; so the samples lie there and a step gathers its batch, the scalars go as one array, and losses are added
// up there and read after several steps.
import * as tf from '@tensorflow/tfjs-core'
import { batchOf, type Data, sizeOf } from '../data/data.ts'
import { gatherer } from '../data/gather.ts'
import type { CompiledStep, Signature, Step, Values } from '../engine/engine.ts'
import { type BatchSource, batchFiller, maskDrawer } from './batches.ts'
import { type Feed, type LossStep, lossesOf } from './feed.ts'
import { wholeOf } from './halves.ts'
import { batchInputs, isMask, type Program } from './steps.ts'

/** Enough that reading seldom costs; a loss that is not finite is found at most so many steps late. */
const readEvery = 16
/** Samples of more bytes are carried there batch by batch. */
const mostBytes = 2 ** 30

const scalarsInput = 'scalars'
const placesInput = 'places'
const keep = 'keep_losses'

/** @param data whose samples a step sees as they are; null where they are changed first */
export function feedGpu(program: Program, outputs: string[], data: Data | null): Feed {
  const sums = tf.tidy(() => tf.variable(tf.zeros([outputs.length]), false))
  const tables = data === null ? null : tablesFor(program, data)
  const scalars = [...Object.keys(program.inputs).filter((name) => isScalar(program, name)), keep]
  const batch = batchInputs(program.inputs)
  const carried = tables === null ? batch : [placesInput, ...batch.filter(isMask)]
  const [batchSize] = program.inputs.labels!.shape

  const step: Step = (given) => {
    const inputs: Record<string, tf.Tensor> = { ...given, ...tables?.gather(given[placesInput] as tf.Tensor1D) }
    for (const [place, name] of scalars.entries())
      inputs[name] = tf.gather(given[scalarsInput]!, tf.scalar(place, 'int32'))
    const losses = program.step(inputs)
    const these = tf.stack(outputs.map((name) => losses[name]!))
    sums.assign(tf.where(tf.greater(inputs[keep]!, 0), tf.add(sums, these), these))
    return {}
  }
  const ofPlaces: Signature = { shape: [batchSize!], dtype: 'int32' }
  const inputs: Record<string, Signature> = { [scalarsInput]: { shape: [scalars.length], dtype: 'float32' } }
  for (const name of carried) inputs[name] = program.inputs[name] ?? ofPlaces

  function lossStep(run: CompiledStep['run'], read: (variable: tf.Variable) => Promise<Values>): LossStep {
    let going = 0
    return {
      readEvery,
      async run(given) {
        const numbers = { ...given, [keep]: Float32Array.of(going) }
        const packed = Float32Array.from(scalars, (name) => numbers[name as keyof typeof numbers][0]!)
        await run({ ...Object.fromEntries(carried.map((name) => [name, given[name]!])), [scalarsInput]: packed })
        going = 1
      },
      async losses() {
        going = 0
        return lossesOf(await read(sums))
      },
    }
  }

  return {
    program: { step, inputs },
    batchInputs: carried,
    tables: tables?.variables ?? [],
    filler: tables?.filler ?? batchFiller,
    lossStep,
    finish: async (read) => void (await read(sums)),
    dispose: () => tf.dispose([sums, ...(tables?.variables ?? [])]),
  }
}

const isScalar = ({ inputs }: Program, name: string): boolean =>
  inputs[name]!.shape.length === 0 && inputs[name]!.dtype === 'float32'

/** Tables of all samples of the training file, [samples, …]. */
interface Tables {
  variables: tf.Variable[]
  /** The batch of the samples at some places, under the names of the program's inputs. */
  gather(places: tf.Tensor1D): Record<string, tf.Tensor>
  filler: typeof batchFiller
}

/** Null where a step reads more of its samples than what lies in tables, or they are too many. */
function tablesFor({ inputs }: Program, data: Data): Tables | null {
  const rows = data.trainFileSamples
  const names = batchInputs(inputs).filter((name) => !isMask(name))
  const bytes = names.reduce((sum, name) => sum + 4 * rows * sizeOf(inputs[name]!.shape.slice(1)), 0)
  if (bytes > mostBytes || !names.every((name) => name in contents)) return null
  const tables = new Map(
    names.map((name) => {
      const shape = [rows, ...inputs[name]!.shape.slice(1)]
      return [name, { variable: tf.tidy(() => tf.variable(tf.zeros(shape), false)), holds: [] as unknown[] }]
    }),
  )

  function put(source: BatchSource): void {
    for (const [name, table] of tables) {
      const { of, values } = contents[name]!(source)
      if (of.every((each, place) => each === table.holds[place])) continue
      table.holds = of
      tf.tidy(() => table.variable.assign(tf.tensor(values(), table.variable.shape)))
    }
  }

  return {
    variables: [...tables.values()].map(({ variable }) => variable),
    gather: (places) =>
      Object.fromEntries(
        [...tables].map(([name, { variable }]) => [name, tf.cast(tf.gather(variable, places), inputs[name]!.dtype)]),
      ),
    filler(source) {
      put(source)
      const { inputs: masks, drawMasks } = maskDrawer(source)
      const own = new Int32Array(source.batchSize)
      return (places, step) => {
        own.set(places)
        drawMasks(step)
        return { [placesInput]: own, ...masks }
      }
    },
  }
}

/** By the name of an input of the program: what its table's values, float32, are made of, and how. */
const contents: Record<string, (source: BatchSource) => { of: unknown[]; values: () => Float32Array }> = {
  images: ({ data }) => ({
    of: [data.train.inputs, data.preprocessing],
    values() {
      const samples = data.trainFileSamples
      const images = batchOf(data, samples)
      const places = Int32Array.from({ length: samples }, (_, place) => place)
      gatherer(data)(data.train, places, images, new Int32Array(samples * sizeOf(data.labelShape)))
      return images instanceof Float32Array ? images : Float32Array.from(images)
    },
  }),
  labels: ({ data }) => ({ of: [data.train.labels], values: () => Float32Array.from(data.train.labels) }),
  teacherLogits: ({ teacherLogits }) => ({ of: [teacherLogits], values: () => wholeOf(teacherLogits!) }),
}
