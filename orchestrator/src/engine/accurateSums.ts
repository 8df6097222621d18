// Sums and means in stages, for a backend that adds the numbers of a sum one after another: libtensorflow does so on
// the CPU, and of a sum over 50,000 rows of a few numbers the last two digits are wrong that way.
import * as tf from '@tensorflow/tfjs-core'

/** How many rows are added one after another at most: fewer give no more digits, and take longer. */
const longest = 128

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
    return tf.tidy(() => tf.reshape(finish(sumOf(x, runs), tf.util.sizeFromShape(gone)), shape))
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
  const shaped = tf.reshape(x, lengths(runs))
  const index = summedOf(runs).reduce((most, each) => (runs[each]!.length > runs[most]!.length ? each : most))
  if (!isTooLong(runs, index)) {
    const left = runsOf(runs.toSpliced(index, 1))
    const sum = tf.sum(shaped, index)
    return summedOf(left).length > 0 ? sumOf(sum, left) : sum
  }
  const { length } = runs[index]!
  const part = partOf(length)
  const parts: Run = { length: Math.ceil(length / part), summed: true }
  const filled = filledUp(shaped, index, parts.length * part - length)
  const cut = tf.reshape(filled, lengths(runs.toSpliced(index, 1, parts, { length: part, summed: true })))
  return sumOf(tf.sum(cut, index + 1), runs.toSpliced(index, 1, parts))
}

/** The size of the parts that so many rows are added in: one that leaves no rest, unless there would be many parts. */
function partOf(length: number): number {
  for (let part = longest; part > longest / 8; part--) if (length % part === 0) return part
  return longest
}

function filledUp(x: tf.Tensor, axis: number, missing: number): tf.Tensor {
  if (missing === 0) return x
  const behind = x.shape.map((_, each): [number, number] => [0, each === axis ? missing : 0])
  return tf.pad(x, behind)
}
