// Objectives in plain JavaScript and float64, written from their papers with loops, and what compares with them.

import type { Given } from '../engine/compare.ts'

export type Rows = number[][]

export interface Sample {
  student: Rows
  teacher: Rows
  labels: number[]
  temperature: number
}

/** Objectives on logits look at none. */
export const noFeatures = { student: {}, teacher: {} }

export const softmax = (row: number[], temperature = 1): number[] => {
  const largest = Math.max(...row)
  const raised = row.map((value) => Math.exp((value - largest) / temperature))
  const sum = raised.reduce((total, value) => total + value, 0)
  return raised.map((value) => value / sum)
}

export const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Sum of p log(p / q); a term with p = 0 is 0. */
export const kl = (p: number[], q: number[]): number =>
  p.reduce((sum, value, index) => sum + (value === 0 ? 0 : value * Math.log(value / q[index]!)), 0)

export function correlation(a: number[], b: number[]): number {
  const [ma, mb] = [mean(a), mean(b)]
  let [ab, aa, bb] = [0, 0, 0]
  for (let index = 0; index < a.length; index++) {
    ab += (a[index]! - ma) * (b[index]! - mb)
    aa += (a[index]! - ma) ** 2
    bb += (b[index]! - mb) ** 2
  }
  return ab / Math.sqrt(aa * bb)
}

export const transposed = (rows: Rows): Rows => rows[0]!.map((_, column) => rows.map((row) => row[column]!))

export function standardised(row: number[]): number[] {
  const middle = mean(row)
  const deviation = Math.sqrt(mean(row.map((value) => (value - middle) ** 2)))
  return row.map((value) => (value - middle) / deviation)
}

export const softTargets = ({ student, teacher, temperature: T }: Sample): number =>
  T ** 2 * mean(student.map((row, index) => kl(softmax(teacher[index]!, T), softmax(row, T))))

/** Central differences with respect to every logit of the student. */
export function gradientOf(loss: (student: Rows) => number, student: Rows, step = 1e-5): Rows {
  return student.map((row, sample) =>
    row.map((_, index) => {
      const moved = (by: number) =>
        loss(student.map((r, s) => r.map((z, i) => (s === sample && i === index ? z + by : z))))
      return (moved(step) - moved(-step)) / (2 * step)
    }),
  )
}

export const given = (rows: Rows): Given => ({
  shape: [rows.length, rows[0]!.length],
  values: Float32Array.from(rows.flat()),
})

export function uld({ student, teacher, temperature: T }: Sample): number {
  const sorted = (z: number[], classes: number) =>
    [...softmax(z, T), ...new Array<number>(classes - z.length).fill(0)].sort((a, b) => b - a)
  const distances = student.map((row, index) => {
    const classes = Math.max(row.length, teacher[index]!.length)
    const theirs = sorted(teacher[index]!, classes)
    return sorted(row, classes).reduce((sum, p, rank) => sum + Math.abs(p - theirs[rank]!), 0)
  })
  return T * mean(distances)
}

/** Some logits that disagree. */
export const sample: Sample = {
  student: [
    [0.3, -1.2, 2.1, 0.4],
    [1, 0.2, -1, 0.9],
    [-0.7, 0.1, 0.5, 3],
  ],
  teacher: [
    [2, -1, 0.5, 0.3],
    [-3, 0.2, 1, 4],
    [0.1, 1.5, -2, 2.5],
  ],
  labels: [2, 0, 3],
  temperature: 3,
}
