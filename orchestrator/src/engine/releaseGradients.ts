// Frees memory while gradients are taken eagerly. TensorFlow.js keeps what a gradient needs of the forward pass, and the
// gradients of all intermediate values, until the last gradient is there; each is of no use once those of the node that
// it belongs to are.
import * as tf from '@tensorflow/tfjs-core'

/** An operation on TensorFlow.js's tape. */
interface TapeNode {
  inputs: Record<string, tf.Tensor>
  outputs: tf.Tensor[]
  saved: tf.Tensor[]
  /**
   * @param dys null for outputs that nothing depends on
   * @returns for each input what computes its gradient, called once each, in order, before the next node's turn
   */
  gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>
}

/** What is used of its engine, which all copies of TensorFlow.js in a process share. */
interface TapingEngine {
  addTapeNode(...args: unknown[]): void
  state: { activeTape: TapeNode[]; gradientDepth: number }
  /** Takes the id of the next tensor; they grow. */
  nextTensorId(): number
}

/**
 * From now on.
 * @returns what ends it
 */
export function releaseGradients(): () => void {
  const engine = tf.engine() as unknown as TapingEngine
  const addTapeNode = Object.getPrototypeOf(engine).addTapeNode as TapingEngine['addTapeNode']
  /** Of the node whose turn it was last. */
  let done: tf.Tensor[] = []
  /** Values that have a gradient, to which further ones are added. */
  const begun = new Set<tf.Tensor>()
  let tape: TapeNode[] = []

  function release(node: TapeNode, gradient: NonNullable<TapeNode['gradient']>, dys: (tf.Tensor | null)[]) {
    if (tape !== engine.state.activeTape) begun.clear()
    tape = engine.state.activeTape
    tf.dispose(done)
    // One from before the forward pass was given to it, and is another's.
    const oldest = Math.min(...node.outputs.map(({ id }) => id))
    done = [...dys.filter((dy) => dy !== null && dy.id > oldest), ...node.saved] as tf.Tensor[]
    const first = engine.nextTensorId()
    const given = new Set<tf.Tensor>()
    const own = (take: () => tf.Tensor, input: tf.Tensor) => {
      const taken = take()
      // One that was there before, or is another input's, too, may not be freed with this one.
      const dx = taken.id < first || given.has(taken) ? tf.clone(taken) : taken
      given.add(taken)
      if (begun.has(input)) done.push(dx)
      begun.add(input)
      return dx
    }
    return Object.fromEntries(
      Object.entries(gradient(dys)).map(([name, take]) => [name, () => own(take, node.inputs[name]!)]),
    )
  }

  engine.addTapeNode = function (...args) {
    addTapeNode.apply(this, args)
    const node = this.state.activeTape.at(-1)!
    const { gradient } = node
    // Within another gradient, the outer one may still need all of it.
    if (gradient !== undefined)
      node.gradient = (dys) => (this.state.gradientDepth > 0 ? gradient(dys) : release(node, gradient, dys))
  }
  return () => {
    engine.addTapeNode = addTapeNode
  }
}
