// One side of a bench that compares: a child process that first says what it is, one JSON object to a line, and then
// answers each line it gets with one.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Side<Greeting, Question, Answer> {
  greeting: Greeting
  ask(question: Question): Promise<Answer>
  /** Resolves when the process has ended. */
  close(): Promise<void>
}

/** @param environment is added to this process's own */
export async function openSide<Greeting, Question, Answer>(
  [command, ...script]: string[],
  environment: Record<string, string>,
): Promise<Side<Greeting, Question, Answer>> {
  const child = spawn(command!, script, {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const line = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${command} ${script.join(' ')}: ended with ${child.exitCode} before it answered`)
    return JSON.parse(value)
  }
  return {
    greeting: await line(),
    ask: async (question) => {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      return line()
    },
    close: async () => {
      child.stdin.end()
      await ended
    },
  }
}
