// What is read of the losses of training steps. On the CPU each step gives its own. A GPU would have to be waited for
// after each step; there they are added up in a variable, and read after several.
import * as tf from '@tensorflow/tfjs-core'
import type { CompiledStep, Engine, Values } from '../engine/engine.ts'
import { type Program, scalar } from './steps.ts'

/** Sums over the steps since they were last read; without a teacher all of it is hard. */
export interface Losses {
  loss: number
  hard: number
  soft: number
}

export interface LossStep {
  run(inputs: Record<string, Values>): Promise<void>
  /** Of the steps since they were last read. */
  losses(): Promise<Losses>
  /** After how many steps they should be read. */
  readEvery: number
}

/** A program that adds its losses up, and the variable in which it does. */
export interface AddedUp extends Program {
  /** [outputs of the program], in their order. */
  sums: tf.Variable
}

/** Enough that a GPU seldom waits; a loss that is not finite is found at most so many steps late. */
const stepsAtOnce = 16

export const addsUp = ({ device }: Pick<Engine, 'device'>): boolean => device !== 'cpu'

const keepInput = 'keep_losses'

/** The program with the input `keep_losses`, 0 to begin a new sum and 1 to go on, in place of its outputs. */
export function addUp({ step, inputs }: Program, outputs: string[]): AddedUp {
  const sums = tf.tidy(() => tf.variable(tf.zeros([outputs.length]), false))
  return {
    sums,
    inputs: { ...inputs, [keepInput]: scalar },
    step: (given) => {
      const losses = step(given)
      const these = tf.stack(outputs.map((name) => losses[name]!))
      sums.assign(tf.where(tf.greater(given[keepInput]!, 0), tf.add(sums, these), these))
      return {}
    },
  }
}

/** @param read the values of the program's `sums` */
export function addingUp(run: CompiledStep['run'], read: () => Promise<Values>): LossStep {
  let keep = 0
  return {
    readEvery: stepsAtOnce,
    async run(inputs) {
      await run({ ...inputs, [keepInput]: Float32Array.of(keep) })
      keep = 1
    },
    async losses() {
      keep = 0
      return lossesOf(await read())
    },
  }
}

/** @param run a step that gives its losses */
export function eachByItself(run: CompiledStep['run']): LossStep {
  let sums: Losses = lossesOf([0])
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

const lossesOf = (sums: ArrayLike<number>): Losses => ({
  loss: sums[0]!,
  hard: sums[1] ?? sums[0]!,
  soft: sums[2] ?? 0,
})
