// What architectures for images ask of their input.
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { ArchitectureProblem } from './architectureProblem.ts'

/**
 * @param type the architecture's, for the message
 * @returns [height, width, channels]
 * @throws ArchitectureProblem where the inputs are no images
 */
export function imageShape(inputs: SymbolicTensor, type: string): [number, number, number] {
  const shape = inputs.shape.slice(1) as number[]
  if (shape.length === 3) return shape as [number, number, number]
  throw new ArchitectureProblem(
    `a ${type} expects images of [height, width, channels], got inputs of [${shape.join(', ')}]`,
    ['type'],
  )
}
