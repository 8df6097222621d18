// How many samples a split holds out for validation: a number of them, or a share.

/** @param trainFile samples of the training file, of which a share is taken */
export function validationSamples({ validation }: { validation: number }, trainFile: number): number {
  return validation < 1 ? Math.max(1, Math.round(validation * trainFile)) : validation
}
