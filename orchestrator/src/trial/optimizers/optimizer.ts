// What an optimizer is: TensorFlow.js code that updates a weight, and the numbers it takes at each step.
import type { Tensor, Variable } from '@tensorflow/tfjs-core'

/** The update of one weight, or of several whose elements lie one after the other. */
export interface Update {
  weight: Tensor
  gradient: Tensor
  /** Of the weight's shape, by the names the optimizer gave; zeros before the first step. */
  slots: Record<string, Variable>
  /** By the names the optimizer gave. */
  scalars: Record<string, Tensor>
  /** Whether weight decay applies to it. */
  decays: boolean
}

/**
 * An optimizer with settings S. All numbers that may differ between two trials are scalars, inputs of the compiled
 * step; settings that change the step's code are switches.
 */
export interface Optimizer<S> {
  /** Same switches, same code: part of what a compiled step is found by. */
  switches(settings: S): Record<string, boolean>
  /** What it remembers of each weight. */
  slots(settings: S): string[]
  /** @param step from 1, over the whole training */
  scalars(settings: S, learningRate: number, step: number): Record<string, number>
  /** Assigns the slots. @returns the weight's next values */
  update(update: Update, settings: S): Tensor
}
