// How far the batches of a trial that ran out of memory are halved.

/** Batch norm and objectives that compare samples need two. */
const smallest = 2

/** Null where no smaller batch is left. */
export const halved = (batchSize: number): number | null =>
  batchSize > smallest ? Math.max(smallest, Math.floor(batchSize / 2)) : null
