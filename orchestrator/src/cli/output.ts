// Prints what commands found: a table or lines for people, or the same as one JSON value for programs.
import Table from 'cli-table3'
import { formatProblem, type Problem } from '../errors/problem.ts'
import { errorColors, outputColors } from './colors.ts'

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** Beside what a command prints, so that no program reads them as a part of it. */
export function printWarnings(warnings: Problem[]): void {
  for (const warning of warnings) console.error(`${errorColors.yellow('warning')}: ${formatProblem(warning)}`)
}

/** @param numeric which columns are numbers, and so stand to the right */
export function printTable(head: string[], rows: string[][], numeric: readonly number[] = []): void {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', mid: '' }
  const sides = { 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', 'mid-mid': '', right: '' }
  const table = new Table({
    head: head.map((name) => outputColors.bold(name)),
    colAligns: head.map((_, column) => (numeric.includes(column) ? 'right' : 'left')),
    chars: { ...none, ...sides, 'right-mid': '', middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...rows)
  console.log(table.toString())
}
