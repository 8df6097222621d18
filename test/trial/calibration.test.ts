// Calibration and counts by class, against values worked out by hand and by plain loops.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Samples } from '../../orchestrator/src/data/data.ts'
import { calibrationError, fitTemperature } from '../../orchestrator/src/trial/calibration.ts'
import { classesOf } from '../../orchestrator/src/trial/evaluate.ts'
import { config, digits, expectDone, request, run, temporaryFolder } from './fixture.ts'

const folder = temporaryFolder()

/** Logits whose softmax is the given probabilities. */
const logitsOf = (rows: number[][]) => Float32Array.from(rows.flat(), Math.log)
/** Every second sample of a file, so that places and indices differ. */
const samplesOf = (labels: number[]) =>
  ({
    labels: Int32Array.from(labels.flatMap((label) => [label, 99])),
    indices: Int32Array.from(labels, (_, place) => 2 * place),
  }) as unknown as Samples

const rows = fc.integer({ min: 2, max: 5 }).chain((classes) =>
  fc.record({
    classes: fc.constant(classes),
    rows: fc.array(
      fc.record({
        logits: fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: classes, maxLength: classes }),
        label: fc.nat(classes - 1),
      }),
      { minLength: 1, maxLength: 40 },
    ),
  }),
)

const softmax = (logits: number[], temperature: number) => {
  const terms = logits.map((logit) => Math.exp(logit / temperature))
  const sum = terms.reduce((total, term) => total + term)
  return terms.map((term) => term / sum)
}

describe('the expected calibration error', () => {
  it('is the one worked out by hand', () => {
    // Three samples of confidence 0.8 share a bin, of which two are right; one of 0.6 is wrong.
    const rows = [
      [0.8, 0.2],
      [0.8, 0.2],
      [0.2, 0.8],
      [0.6, 0.4],
    ]
    const expected = (3 / 4) * Math.abs(2 / 3 - 0.8) + (1 / 4) * 0.6
    expect(calibrationError(logitsOf(rows), samplesOf([0, 1, 1, 1]), 2)).toBeCloseTo(expected, 6)
  })

  it('is 0 for a model that is sure and right, 1 for one that is sure and wrong', () => {
    const logits = Float32Array.of(50, -50, -50, 50)
    expect(calibrationError(logits, samplesOf([0, 1]), 2)).toBeCloseTo(0, 10)
    expect(calibrationError(logits, samplesOf([1, 0]), 2)).toBeCloseTo(1, 10)
  })

  it('agrees with plain loops, at any temperature', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.3, max: 5, noNaN: true }), ({ classes, rows }, temperature) => {
        const bins = Array.from({ length: 15 }, () => ({ right: 0, confidence: 0, samples: 0 }))
        for (const { logits, label } of rows) {
          const shares = softmax(logits, temperature)
          const confidence = Math.max(...shares)
          // On a bin's edge rounding decides, here or there.
          if (Math.abs(confidence * 15 - Math.round(confidence * 15)) < 1e-6) return
          const bin = bins[Math.floor(confidence * 15)]!
          bin.samples++
          bin.confidence += confidence
          if (logits.indexOf(Math.max(...logits)) === label) bin.right++
        }
        let expected = 0
        for (const { right, confidence, samples } of bins) {
          if (samples > 0) expected += (samples / rows.length) * Math.abs(right / samples - confidence / samples)
        }
        const logits = Float32Array.from(rows.flatMap((row) => row.logits))
        const samples = samplesOf(rows.map(({ label }) => label))
        expect(calibrationError(logits, samples, classes, temperature)).toBeCloseTo(expected, 9)
      }),
    )
  })
})

describe('the fitted temperature', () => {
  it('is the one worked out by hand', () => {
    // Logits ±1, right three times in four: likeliest where the sigmoid of 2 / T is 3 / 4, so T = 2 / ln 3.
    const logits = Float32Array.of(1, -1, 1, -1, 1, -1, -1, 1)
    expect(fitTemperature(logits, samplesOf([0, 0, 0, 0]), 2)).toBeCloseTo(2 / Math.log(3), 6)
  })

  it('makes the labels as likely as the best of a fine grid', () => {
    fc.assert(
      fc.property(rows, ({ classes, rows }) => {
        const loss = (temperature: number) =>
          rows.reduce((sum, { logits, label }) => {
            const top = Math.max(...logits)
            const all = logits.reduce((total, logit) => total + Math.exp((logit - top) / temperature), 0)
            return sum + Math.log(all) - (logits[label]! - top) / temperature
          }, 0) / rows.length
        const logits = Float32Array.from(rows.flatMap((row) => row.logits))
        const fitted = fitTemperature(logits, samplesOf(rows.map(({ label }) => label)), classes)
        expect(fitted).toBeGreaterThan(0.0099)
        expect(fitted).toBeLessThan(101)
        for (let power = -2; power <= 2; power += 0.01) {
          expect(loss(fitted)).toBeLessThanOrEqual(loss(10 ** power) + 1e-6)
        }
      }),
    )
  })

  it('ends at the range where all is right, or nothing is', () => {
    const logits = Float32Array.of(1, -1, -1, 1)
    expect(fitTemperature(logits, samplesOf([0, 1]), 2)).toBeCloseTo(0.01, 4)
    expect(fitTemperature(logits, samplesOf([1, 0]), 2)).toBeCloseTo(100, 1)
  })

  it('scales with the logits', () => {
    const logits = [1, -1, 0.5, -0.2, 1.5, 0, -1, 1, 0.3, 0.1]
    const samples = samplesOf([0, 1, 0, 1, 1])
    const one = fitTemperature(Float32Array.from(logits), samples, 2)
    expect(
      fitTemperature(
        Float32Array.from(logits, (logit) => 3 * logit),
        samples,
        2,
      ),
    ).toBeCloseTo(3 * one, 4)
  })
})

it('are measured on the test split by a trial', async () => {
  const dataset = digits({ train: 640, validation: 200, test: 300 })
  const { metrics } = expectDone((await run(request(folder, 'measured', config({ dataset })))).result)
  const { correct, samples, names } = metrics.perClass
  expect(names).toBeNull()
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0)
  expect(sum(samples)).toBe(300)
  expect(sum(correct) / 300).toBeCloseTo(metrics.testAccuracy, 12)
  const labels = readFileSync((dataset as { testLabels: string }).testLabels).subarray(8)
  expect(samples).toEqual(Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length))
  // A distance of two shares, over a model that is neither perfect nor lost.
  expect(metrics.calibrationError).toBeGreaterThan(0)
  expect(metrics.calibrationError).toBeLessThan(0.5)
  expect(metrics.scaledCalibrationError).not.toBe(metrics.calibrationError)
  expect(metrics.calibrationTemperature).toBeGreaterThan(0.05)
  expect(metrics.calibrationTemperature).toBeLessThan(20)
})

it('counts each class’s samples and right answers', () => {
  const logits = logitsOf([
    [0.7, 0.2, 0.1],
    [0.7, 0.2, 0.1],
    [0.1, 0.1, 0.8],
    [0.5, 0.5, 0],
  ])
  expect(classesOf(logits, samplesOf([0, 1, 2, 0]), 3)).toEqual({ correct: [2, 0, 1], samples: [2, 1, 1] })
})
