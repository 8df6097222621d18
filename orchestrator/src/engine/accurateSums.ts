// Sums and means in stages, for a backend that adds the numbers of a sum one after another: libtensorflow does so on
// the CPU, and of a sum over 50,000 rows of a few numbers the last two digits are wrong that way.
import * as tf from '@tensorflow/tfjs-core'

/** How many rows are added one after another at most: fewer give no more digits, and take longer. */
const longest = 256

const staged = new WeakSet<tf.KernelFunc>()

/** Replaces a backend's kernels of `tf.sum` and `tf.mean`, once. */
export function registerAccurateSums(backendName: string): void {
  replace('Sum', backendName, (sum) => sum)
  replace('Mean', backendName, (sum, count) => tf.div(sum, count))
}

/** @param finish makes the kernel's result of the sum of so many numbers */
function replace(name: 'Sum' | 'Mean', backendName: string, finish: (sum: tf.Tensor, count: number) => tf.Tensor) {
  const own = tf.getKernel(name, backendName)
  if (staged.has(own.kernelFunc)) return
  const kernelFunc: tf.KernelFunc = (args) => {
    const x = args.inputs.x as tf.Tensor
    const { axis, keepDims } = args.attrs as { axis: number | number[]; keepDims: boolean }
    const axes = tf.util.parseAxisParam(axis, x.shape)
    const runs = runsOf(x.shape.map((length, each) => ({ length, summed: axes.includes(each) })))
    if (x.dtype !== 'float32' || x.size === 0 || isExact(runs)) return own.kernelFunc(args)
    const [left, gone] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes)
    const shape = keepDims ? tf.backend_util.expandShapeToKeepDim(left, axes) : left
    return tf.tidy(() => shaped(finish(sumOf(x, runs), tf.util.sizeFromShape(gone)), shape))
  }
  staged.add(kernelFunc)
  tf.unregisterKernel(name, backendName)
  tf.registerKernel({ ...own, kernelFunc })
}

/** Neighbouring axes that are summed over, or that stay, as one. */
interface Run {
  length: number
  summed: boolean
}

function runsOf(axes: readonly Run[]): Run[] {
  const runs: Run[] = []
  for (const { length, summed } of axes) {
    const before = runs.at(-1)
    if (length === 1) continue
    if (before?.summed === summed) before.length *= length
    else runs.push({ length, summed })
  }
  return runs
}

const lengths = (runs: Run[]) => runs.map(({ length }) => length)
const summedOf = (runs: Run[]) => [...runs.keys()].filter((index) => runs[index]!.summed)

/** Whether the kernel itself is as exact as stages. */
const isExact = (runs: Run[]) => summedOf(runs).length < 2 && !summedOf(runs).some((index) => isTooLong(runs, index))

/** Numbers that lie side by side are added in pairs, however many they are. */
const isTooLong = (runs: Run[], index: number) => index < runs.length - 1 && runs[index]!.length > longest

/** @param runs of which at least one is summed over: the longest first, in parts where it is too long */
function sumOf(x: tf.Tensor, runs: Run[]): tf.Tensor {
  const index = summedOf(runs).reduce((most, each) => (runs[each]!.length > runs[most]!.length ? each : most))
  if (!isTooLong(runs, index)) {
    const left = runsOf(runs.toSpliced(index, 1))
    const sum = tf.sum(shaped(x, lengths(runs)), index)
    return summedOf(left).length > 0 ? sumOf(sum, left) : sum
  }
  const { length } = runs[index]!
  const part = partOf(length)
  const parts: Run = { length: Math.ceil(length / part), summed: true }
  const missing = parts.length * part - length
  const filled = missing === 0 ? x : filledUp(shaped(x, lengths(runs)), index, missing)
  const cut = shaped(filled, lengths(runs.toSpliced(index, 1, parts, { length: part, summed: true })))
  return sumOf(tf.sum(cut, index + 1), runs.toSpliced(index, 1, parts))
}

/** The size of the parts that so many rows are added in: few stages, and no rest unless the parts were small. */
function partOf(length: number): number {
  const most = Math.min(longest, Math.ceil(Math.sqrt(length)))
  for (let part = most; part > most / 4; part--) if (length % part === 0) return part
  return most
}

/** As it is where that is its shape: what is called costs more than what is added. */
const shaped = (x: tf.Tensor, shape: number[]): tf.Tensor =>
  tf.util.arraysEqual(x.shape, shape) ? x : tf.reshape(x, shape)

function filledUp(x: tf.Tensor, axis: number, missing: number): tf.Tensor {
  const behind = x.shape.map((_, each): [number, number] => [0, each === axis ? missing : 0])
  return tf.pad(x, behind)
}
