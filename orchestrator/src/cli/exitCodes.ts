// What the shell is told at the end.
export const exitCodes = {
  done: 0,
  /** The sweep ended, but some of its trials did not end as done. */
  someTrialsFailed: 1,
  /** A file, an option or a name that Retort was given is wrong; nothing was written. */
  badInput: 2,
  /** An error of Retort itself. */
  internal: 70,
  /** What it had to say could not be written, as on a disk that is full. */
  output: 74,
  /** Another run has the store; try later. */
  busy: 75,
  /** Stopped by Ctrl-C; the same command goes on from there. */
  interrupted: 130,
} as const
