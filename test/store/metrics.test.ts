// The list of metrics, and what follows from it: values survive the upgrade of a store that had them as columns, and a
// worker's message is checked against them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isResult } from '@retort/orchestrator/executor/check'
import { openStore } from '@retort/orchestrator/store/store'
import { isWhole, measuredNames, metricList, shownIn, usualOrder } from '@retort/schema/definitions/derived'
import { metrics } from '@retort/schema/definitions/metrics'
import { valuesOf } from '@retort/schema/measurements'
import type { GivenMetrics, TrialMetrics } from '@retort/schema/metrics'
import { configurationView, trialView } from '@retort/schema/views'
import { describe, expect, it, onTestFinished } from 'vitest'
import { migratedTo } from './migratedTo.ts'

const done = (changed: object) => ({ outcome: 'done', artifacts: [], metrics: { ...of(), ...changed } })

const of = (): TrialMetrics => ({
  keptEpoch: 3,
  validationLoss: 0.25,
  validationAccuracy: 0.9,
  testLoss: 0.5,
  testAccuracy: 0.8,
  teacherAgreement: null,
  calibrationError: 0.01,
  scaledCalibrationError: 0.005,
  calibrationTemperature: 1.5,
  perClass: { correct: [4, 4], samples: [5, 5], names: null },
  biasCorrection: null,
  parameters: 100,
  multiplyAccumulates: 1000,
  onnxBytes: 500,
  trainSeconds: 2.5,
})

describe('definitions', () => {
  it('have keys of their own, and labels', () => {
    const keys = metricList.flatMap(([, { key }]) => (key === undefined ? [] : [key]))
    expect(new Set(keys).size).toBe(keys.length)
    const labels = metricList.map(([, { label }]) => label)
    expect(new Set(labels).size).toBe(labels.length)
  })

  it('have one heading each in a table', () => {
    for (const place of ['rank', 'report', 'models', 'teachers'] as const) {
      const headings = shownIn(place).map(({ as }) => as)
      expect(new Set(headings).size).toBe(headings.length)
    }
  })

  it('say what comes first', () => {
    expect(usualOrder(metrics.testAccuracy)).toBe('desc')
    expect(usualOrder(metrics.perplexity)).toBe('asc')
  })

  it('are joined on metrics that are measured', () => {
    for (const [, { source }] of metricList) {
      if ('metric' in source) expect(measuredNames).toContain(source.metric)
    }
  })
})

describe('a worker’s message', () => {
  it('has each metric that is always known', () => {
    expect(isResult(done({}))).toBe(true)
    expect(isResult(done({ trainSeconds: null }))).toBe(false)
  })

  it.each(measuredNames)('has a number for %s, or says that it is not known', (name) => {
    const known: string = metrics[name].source.known
    expect(isResult(done({ [name]: 7 }))).toBe(true)
    expect(isResult(done({ [name]: '7' }))).toBe(false)
    expect(isResult(done({ [name]: Number.NaN }))).toBe(false)
    expect(isResult(done({ [name]: 0.5 }))).toBe(!isWhole(name))
    expect(isResult(done({ [name]: null }))).toBe(known !== 'always')
    expect(isResult(done({ [name]: undefined }))).toBe(known === 'sometimes')
  })
})

it('values are null where nothing is known', () => {
  const given: GivenMetrics = { ...of(), keptEpoch: null, parameters: null }
  const { teacherAgreement: _agreement, perClass: _classes, biasCorrection: _correction, ...numbers } = given
  const { teacherAgreement: _left, ...leftOut } = given
  expect(valuesOf(given)).toEqual({ ...numbers, teacherAgreement: null })
  expect(valuesOf(leftOut)).toEqual(valuesOf(given))
})

it('an upgrade makes rows of the columns that older stores had, and the views tell the same', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retort metrics-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'retort.db')
  const sqlite = migratedTo(file, 11)
  const columns =
    'kept_epoch, validation_loss, validation_accuracy, test_loss, test_accuracy, teacher_agreement, calibration_error, ' +
    'scaled_calibration_error, calibration_temperature, parameters, multiply_accumulates, onnx_bytes, train_seconds'
  const correction = JSON.stringify({ before: { validationAccuracy: 0.7, testAccuracy: 0.6 } })
  sqlite.exec("INSERT INTO sweeps VALUES ('s', '', '{}', '', 'done', 1, 1, 1)")
  sqlite.exec(`INSERT INTO trials (id, config, status, created_at, bias_correction, ${columns}) VALUES
    ('teacher', '{}', 'done', 1, NULL, NULL, NULL, 0.95, NULL, 0.96, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0),
    ('alone', '{}', 'done', 1, NULL, 2, 0.4, 0.8, 0.5, 0.7, NULL, 0.02, 0.01, 1.5, 100, 1000, 500, 2.5),
    ('one', '{}', 'done', 1, '${correction}', 3, 0.3, 0.9, 0.4, 0.8, 0.85, 0.03, 0.02, 1.25, 100, 1000, 500, 3.5),
    ('two', '{}', 'done', 1, NULL, 4, 0.2, 0.7, 0.3, 0.6, 0.65, 0.04, 0.03, 1.125, 100, 1000, 500, 4.5),
    ('waits', '{}', 'pending', 1, ${Array(14).fill('NULL').join(', ')})`)
  sqlite.exec(`INSERT INTO sweep_trials
    (sweep, trial, position, role, model, teacher_trial, baseline_trial, seed, axes, configuration) VALUES
    ('s', 'teacher', 0, 'teacher', 't', NULL, NULL, 1, '{}', 'of-teacher'),
    ('s', 'alone', 1, 'baseline', 'm', NULL, NULL, 1, '{}', 'of-baseline'),
    ('s', 'one', 2, 'student', 'm', 'teacher', 'alone', 1, '{}', 'of-student'),
    ('s', 'two', 3, 'student', 'm', 'teacher', 'alone', 2, '{}', 'of-student'),
    ('s', 'waits', 4, 'student', 'm', 'teacher', 'alone', 3, '{}', 'of-student')`)
  const before = {
    trials: sqlite.prepare('SELECT * FROM trial_view ORDER BY position').all(),
    configurations: sqlite.prepare('SELECT * FROM configuration_view ORDER BY configuration').all(),
    sweeps: sqlite.prepare('SELECT * FROM sweep_view').all(),
  }
  sqlite.close()
  const { db, close } = openStore(file)
  expect({
    trials: db.$client.prepare('SELECT * FROM trial_view ORDER BY position').all(),
    configurations: db.$client.prepare('SELECT * FROM configuration_view ORDER BY configuration').all(),
    sweeps: db.$client.prepare('SELECT * FROM sweep_view').all(),
    // Older ones stopped no trial early.
  }).toEqual({ ...before, sweeps: before.sweeps.map((row) => ({ ...(row as object), stopped: 0 })) })
  expect(db.$client.prepare('SELECT count(*) FROM measurements').pluck().get()).toBe(3 + 12 + 13 + 13)
  // 0.8 / 0.96, and the mean of that and of 0.6 / 0.96.
  expect(db.select().from(trialView).all()[2]!.relativeAccuracy).toBeCloseTo(0.8333333333, 9)
  const student = db
    .select()
    .from(configurationView)
    .all()
    .find(({ role }) => role === 'student')
  expect(student).toMatchObject({ n: 2, planned: 3, parameters: 100, uncorrectedTestAccuracy: 0.6 })
  expect(student!.relativeAccuracy).toBeCloseTo(0.7291666667, 9)
  expect(student!.gain).toBeCloseTo(0, 12)
  close()
})
