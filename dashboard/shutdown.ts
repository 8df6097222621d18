// Makes the server end when it is told to.

const graceMilliseconds = 500

/** Next.js by itself waits until every connection has ended, and those of /events never do. */
export function endSoonWhenTold(): void {
  const end = () => setTimeout(() => process.exit(0), graceMilliseconds).unref()
  process.once('SIGINT', end).once('SIGTERM', end)
}
