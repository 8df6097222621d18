// Where the chart's axis of accuracy begins.
import { describe, expect, it } from 'vitest'
import { accuracyFloor } from '../../dashboard/view/accuracyFloor.ts'

describe('the accuracy axis', () => {
  it('begins below all points where they are together', () => {
    const { floor, below } = accuracyFloor([0.95, 0.96, 0.97, 0.985])
    expect(below).toBe(0)
    expect(floor).toBeLessThan(0.95)
    expect(floor).toBeGreaterThan(0.9)
  })

  it('leaves out a point far below the others and counts it', () => {
    const { floor, below } = accuracyFloor([0.1, 0.97, 0.972, 0.975, 0.98, 0.981, 0.983, 0.985])
    expect(below).toBe(1)
    expect(floor).toBeGreaterThan(0.9)
  })

  it('is never below zero, and has a place for a single point', () => {
    expect(accuracyFloor([0]).floor).toBe(0)
    expect(accuracyFloor([0.5]).floor).toBeLessThan(0.5)
  })
})
