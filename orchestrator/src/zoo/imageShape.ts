// What architectures for images ask of their input.
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { ArchitectureProblem } from './architectureProblem.ts'

/**
 * @param type the architecture's, for the message
 * @param least pixels of the shorter side
 * @param why such as "are halved 3 times"
 * @returns [height, width, channels]
 * @throws ArchitectureProblem where the inputs are no images, or are too small
 */
export function imageShape(inputs: SymbolicTensor, type: string, least = 1, why = ''): [number, number, number] {
  const shape = inputs.shape.slice(1) as number[]
  if (shape.length !== 3) {
    throw new ArchitectureProblem(
      `a ${type} expects images of [height, width, channels], got inputs of [${shape.join(', ')}]`,
      ['type'],
    )
  }
  const [height, width] = shape as [number, number, number]
  if (Math.min(height, width) < least) {
    throw new ArchitectureProblem(
      `a ${type} expects images of at least ${least} x ${least} pixels, which ${why}, got ${height} x ${width}`,
      ['type'],
    )
  }
  return shape as [number, number, number]
}

/** Pixels for as many convolutions with SAME padding and stride 2, each of which finds two at least. */
export const leastToHalve = (times: number): number => (times === 0 ? 1 : 2 ** (times - 1) + 1)
