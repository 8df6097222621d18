// How a training step is fed, and how its losses come back. A processor takes what it is given and gives its losses
// after each step.
import type * as tf from '@tensorflow/tfjs-core'
import type { CompiledStep, Values } from '../engine/engine.ts'
import { batchFiller } from './batches.ts'
import { batchInputs, type Program } from './steps.ts'

/** Sums over the steps since they were last read; without a teacher all of it is hard. */
export interface Losses {
  loss: number
  hard: number
  soft: number
}

/** A compiled step of training. */
export interface LossStep {
  run(inputs: Record<string, Values>): Promise<void>
  /** Of the steps since they were last read. */
  losses(): Promise<Losses>
  /** After how many steps they should be read. */
  readEvery: number
}

export interface Feed {
  /** What is compiled. */
  program: Program
  /** Names of the program's inputs that are the same for trials that see the same batches. */
  batchInputs: string[]
  /** Variables that the program reads, the same for all trials on the same data. */
  tables: tf.Variable[]
  /** Fills what `run` takes of a batch. */
  filler: typeof batchFiller
  /** @param read a variable's values, of the trial that takes the steps */
  lossStep(run: CompiledStep['run'], read: (variable: tf.Variable) => Promise<Values>): LossStep
  /** Waits until the steps that were taken are done. */
  finish(read: (variable: tf.Variable) => Promise<Values>): Promise<void>
  dispose(): void
}

export function feedProcessor(program: Program): Feed {
  return {
    program,
    batchInputs: batchInputs(program.inputs),
    tables: [],
    filler: batchFiller,
    lossStep: eachByItself,
    finish: async () => {},
    dispose() {},
  }
}

function eachByItself(run: CompiledStep['run']): LossStep {
  let sums = lossesOf([0])
  return {
    readEvery: 1,
    async run(inputs) {
      const { loss, hard, soft } = await run(inputs)
      sums.loss += loss![0]!
      sums.hard += (hard ?? loss)![0]!
      sums.soft += soft?.[0] ?? 0
    },
    async losses() {
      const read = sums
      sums = lossesOf([0])
      return read
    },
  }
}

/** @param sums of the step's outputs in their order */
export const lossesOf = (sums: ArrayLike<number>): Losses => ({
  loss: sums[0]!,
  hard: sums[1] ?? sums[0]!,
  soft: sums[2] ?? 0,
})
