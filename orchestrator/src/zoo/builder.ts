// What the run-time half of an architecture is.
import type { ArchitectureType } from '@retort/schema/definitions/architectures'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import type { SymbolicTensor } from '@tensorflow/tfjs-layers'

/** The settings of one type. */
export type ArchitectureOf<Type extends ArchitectureType> = Extract<ResolvedArchitecture, { type: Type }>

/**
 * Adds an architecture's layers to the inputs and gives the logits.
 * @param vocabulary where inputs are token ids, what they are below
 * @param padding the id that fills up short texts; null where nothing is filled up
 */
export type Builder<Type extends ArchitectureType = ArchitectureType> = (
  architecture: ArchitectureOf<Type>,
  inputs: SymbolicTensor,
  classes: number,
  vocabulary: number | null,
  padding: number | null,
) => SymbolicTensor
