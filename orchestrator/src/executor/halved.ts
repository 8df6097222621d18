// How far the batches of a trial that ran out of memory are halved.

/** Batch norm and objectives that compare samples need two to train on. */
const fewestTrained = 2

/** Null where no smaller batch is left. */
export const halved = (batchSize: number, fewest = fewestTrained): number | null =>
  batchSize > fewest ? Math.max(fewest, Math.floor(batchSize / 2)) : null
