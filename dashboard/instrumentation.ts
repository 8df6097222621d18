// Runs once when the server starts. Next.js compiles it for its other runtime too, where there is no process.
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') (await import('./shutdown.ts')).endSoonWhenTold()
}
