// `retort rank SWEEP`: configurations by validation accuracy, and what they cost.
import type { Reader } from '@retort/schema/open'
import { openForReading } from '@retort/schema/open'
import { findSweep } from '../store/find.ts'
import { ranking, trialsOf } from '../store/read.ts'
import { bytes, count, percent, points, trialLabel } from './format.ts'
import { printJson, printTable } from './output.ts'

export function rank(name: string, { json, store, top }: { json?: boolean; store: string; top?: number }): void {
  const db = openForReading(store)
  const sweep = findSweep(db, name)
  if (json) return printJson(ranking(db, sweep))
  printRanking(db, sweep, top)
}

/** @param top how many configurations to show; all by default */
export function printRanking(db: Reader, sweep: string, top?: number): void {
  const all = ranking(db, sweep)
  if (all.length === 0) return console.log(`No trial of sweep "${sweep}" is done yet.`)
  const rows = all
    .slice(0, top)
    .map((each, index) => [
      String(index + 1),
      trialLabel(each),
      each.n === each.planned ? String(each.n) : `${each.n} of ${each.planned}`,
      percent(each.validationAccuracy),
      percent(each.testAccuracy),
      percent(each.relativeAccuracy),
      points(each.gain),
      percent(each.teacherAgreement),
      count(each.parameters),
      bytes(each.onnxBytes),
      each.trial.slice(0, 12),
    ])
  printTable(
    ['#', 'student', 'n', 'validation', 'test', 'of teacher', 'gain', 'agreement', 'parameters', 'ONNX', 'trial'],
    rows,
    [0, 2, 3, 4, 5, 6, 7, 8, 9],
  )
  if (rows.length < all.length) console.log(`and ${all.length - rows.length} more: retort rank ${sweep}`)
  for (const teacher of trialsOf(db, sweep).filter(({ role, status }) => role === 'teacher' && status === 'done')) {
    console.log(
      `Teacher ${teacher.model}: ${percent(teacher.validationAccuracy)} validation, ${percent(teacher.testAccuracy)} test, ` +
        `${count(teacher.parameters)} parameters, ${bytes(teacher.onnxBytes)}.`,
    )
  }
}
