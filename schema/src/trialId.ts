// How a trial is known.

/** SHA-256 of a trial's resolved configuration as canonical JSON, in hexadecimal. */
export type TrialId = string
