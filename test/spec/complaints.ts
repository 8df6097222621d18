// What reading an experiment complains of, as people see it.
import { formatProblem, InputError, type Problem } from '@retort/orchestrator/errors/problem'
import { parseExperiment } from '@retort/orchestrator/spec/read'

export function problemsOf(text: string): Problem[] {
  try {
    parseExperiment(text, 'x.json')
  } catch (error) {
    if (error instanceof InputError) return error.problems
    throw error
  }
  return []
}

/** One line for each problem, without the file's name. */
export function complaints(text: string): string[] {
  return problemsOf(text).map((problem) => formatProblem(problem).replace(/^x\.json:/, ''))
}

/** A small experiment without faults, on one line for each of its properties, with some of them changed. */
export function experimentWith(changes: Record<string, unknown>): string {
  const experiment: Record<string, unknown> = {
    name: 'small',
    dataset: { type: 'mnist' },
    teachers: [{ id: 'big', architecture: { type: 'mlp', hidden: [800] } }],
    students: [{ id: 'tiny', architecture: { type: 'mlp', hidden: [32] } }],
    ...changes,
  }
  const lines = Object.entries(experiment).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
  return `{\n${lines.join(',\n')}\n}`
}
