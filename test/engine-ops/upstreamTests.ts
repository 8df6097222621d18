// What both backends' tests say of a run of TensorFlow.js's own tests: all pass, but for those left out with a reason.
import { describe, expect, it } from 'vitest'
import type { Spec } from './upstream.ts'

export interface LeftOut {
  /** Why single tests are left out, by file and name. */
  SINGLE: Record<string, string>
  /** Why a test that failed is left out; undefined if it should have passed. */
  reasonOf(failed: Spec): string | undefined
}

/** Declares a test for each of upstream's files, and one that finds no test left out that passes. */
export function upstreamTests(specs: Spec[], { SINGLE, reasonOf }: LeftOut): void {
  const failed = failedOf(specs)

  describe('TensorFlow.js’s own tests pass, but for those left out with a reason:', () => {
    it.each([...new Set(specs.map(({ file }) => file))])('%s', (file) => {
      expect(failed.filter((spec) => spec.file === file && reasonOf(spec) === undefined)).toEqual([])
    })
  })

  it('no single test is left out that passes', () => {
    const names = new Set(failed.map(({ file, name }) => `${file} ${name}`))
    expect(Object.keys(SINGLE).filter((name) => !names.has(name))).toEqual([])
  })
}

export const failedOf = (specs: Spec[]): Spec[] => specs.filter(({ status }) => status !== 'passed')

/** How many are left out for each reason, on lines. */
export function counted(specs: Spec[], { reasonOf }: LeftOut): string {
  const counts: Record<string, number> = {}
  for (const spec of failedOf(specs)) {
    const reason = reasonOf(spec) ?? 'no reason'
    counts[reason] = (counts[reason] ?? 0) + 1
  }
  const lines = Object.entries(counts).map(([reason, count]) => `${String(count).padStart(5)}  ${reason}`)
  return ['Left out:', ...lines].join('\n')
}
