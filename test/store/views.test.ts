// The storage contract: whatever happens in whatever order, the public views say what happened and agree with each
// other. A plain model in memory is the judge.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PlannedTrial } from '@retort/orchestrator/plan/plan'
import { createRecorder, type TrialEnd } from '@retort/orchestrator/store/record'
import { openStore } from '@retort/orchestrator/store/store'
import { closeRunning, saveSweep } from '@retort/orchestrator/store/sweeps'
import type { RanEngine } from '@retort/schema/engines'
import type { EpochRecord, TrialMetrics } from '@retort/schema/metrics'
import { ranking } from '@retort/schema/store/read/ranking'
import { sweepOf } from '@retort/schema/store/read/sweeps'
import { attemptsOf, epochsOf, logitsOf, trialsOf } from '@retort/schema/store/read/trials'
import { configurationView } from '@retort/schema/views'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { planOf } from '../executor/plans.ts'

const plan = planOf({ students: 2, baselines: 1, seeds: 2 })

interface Trial {
  status: string
  metrics: TrialMetrics | null
  epochs: Map<number, EpochRecord>
  attempts: string[]
  /** Of each attempt, and of the last where it is smaller than written. */
  batchSizes: number[]
  reduced: number | null
  kinds: Set<string>
  /** Where it ran last or is to run. */
  on: RanEngine | null
  /** Of the attempts, null of those that have told nothing yet. */
  engines: (RanEngine[] | null)[]
}

const share = fc.double({ min: 0.01, max: 1, noNaN: true })
const metrics: fc.Arbitrary<TrialMetrics> = fc.record({
  keptEpoch: fc.integer({ min: 1, max: 2 }),
  validationLoss: share,
  validationAccuracy: share,
  testLoss: share,
  testAccuracy: share,
  teacherAgreement: fc.option(share),
  calibrationError: share,
  scaledCalibrationError: share,
  calibrationTemperature: share,
  perClass: fc.record({
    correct: fc.array(fc.nat()),
    samples: fc.array(fc.nat()),
    names: fc.option(fc.array(fc.string())),
  }),
  biasCorrection: fc.option(
    fc.record({
      shifts: fc.array(share),
      before: fc.record({
        validationLoss: share,
        validationAccuracy: share,
        testLoss: share,
        testAccuracy: share,
        correct: fc.array(fc.nat()),
      }),
    }),
  ),
  parameters: fc.nat(),
  multiplyAccumulates: fc.nat(),
  onnxBytes: fc.nat(),
  trainSeconds: share,
})
const record: fc.Arbitrary<EpochRecord> = fc.record({
  epoch: fc.integer({ min: 1, max: 4 }),
  trainLoss: share,
  hardLoss: share,
  softLoss: fc.option(share),
  validationLoss: share,
  validationAccuracy: share,
  learningRate: share,
  seconds: share,
  imagesPerSecond: share,
})
const place = fc.record({
  engine: fc.constantFrom('onnx' as const, 'tensorflow' as const),
  device: fc.constantFrom('cpu', 'cuda'),
})
const trial = fc.nat(plan.trials.length - 1)
const bad = fc.constantFrom(
  'stopped early',
  'diverged',
  'failed',
  'crashed',
  'timed out',
  'out of memory',
  'skipped',
  'pending',
)
const happening = fc.oneof(
  fc.record({
    type: fc.constant('start' as const),
    trial,
    reduced: fc.option(fc.integer({ min: 2, max: 127 })),
    on: fc.option(place),
  }),
  fc.record({
    type: fc.constant('resume' as const),
    trial,
    epoch: fc.nat(3),
    engines: fc.array(place, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('epoch' as const), trial, record }),
  fc.record({
    type: fc.constant('logits' as const),
    trial,
    use: fc.constantFrom('computed' as const, 'read' as const),
  }),
  fc.record({ type: fc.constant('done' as const), trial, metrics }),
  fc.record({ type: fc.constant('bad' as const), trial, status: bad }),
  fc.record({ type: fc.constant('forget' as const), trial }),
  fc.record({ type: fc.constant('killed' as const) }),
)

const mean = (values: (number | null | undefined)[]) => {
  const known = values.filter((value) => value != null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}
const near = (value: number | null) => (value === null ? null : expect.closeTo(value, 9))

it('views agree with what happened', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retort views-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  let number = 0
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      const file = join(folder, `${number++}`, 'retort.db')
      let store = openStore(file)
      saveSweep(store, plan)
      let recorder = createRecorder(store)
      const model = new Map<string, Trial>()
      for (const { id } of plan.trials) {
        const none = { metrics: null, attempts: [], batchSizes: [], reduced: null, on: null, engines: [] }
        model.set(id, { status: 'pending', epochs: new Map(), ...none, kinds: new Set() })
      }
      const logits = new Map<string, { computed: number; reads: number }>()

      for (const each of happenings) {
        if (each.type === 'killed') {
          // What a kill leaves: all that was committed, and marks of what was running.
          store.close()
          store = openStore(file)
          recorder = createRecorder(store)
          closeRunning(store, 'killed')
          for (const known of model.values()) {
            if (known.status === 'running') known.status = 'pending'
            known.attempts = known.attempts.map((outcome) => (outcome === 'running' ? 'interrupted' : outcome))
          }
          continue
        }
        const planned = plan.trials[each.trial]!
        const { id } = planned
        const known = model.get(id)!
        const attempt = known.attempts.length
        if (each.type === 'start') {
          const batchSize = each.reduced ?? 128
          recorder.attemptStarted(id, {
            number: attempt + 1,
            pid: 7,
            on: each.on,
            batchSize,
            reducedBatchSize: each.reduced,
          })
          known.batchSizes.push(batchSize)
          known.reduced = each.reduced
          known.attempts.push('running')
          known.engines.push(null)
          Object.assign(known, { status: 'running', metrics: null, on: each.on })
        } else if (each.type === 'resume') {
          const resumedFrom = each.epoch === 0 ? null : { epoch: each.epoch, step: 0 }
          const { engines } = each
          const on = engines.at(-1)!
          const ranOn = { ...on, threads: 1, versions: {} }
          recorder.event(id, attempt, { type: 'started', ranOn, engines, pid: 7, resumedFrom, compileSeconds: 0 })
          known.on = on
          if (attempt > 0) known.engines[attempt - 1] = engines
          for (const epoch of known.epochs.keys()) if (epoch > each.epoch) known.epochs.delete(epoch)
        } else if (each.type === 'epoch') {
          recorder.event(id, attempt, { type: 'epoch', record: each.record })
          known.epochs.set(each.record.epoch, each.record)
        } else if (each.type === 'logits') {
          const teacher = planned.teacherTrial ?? id
          const found = {
            key: `of ${teacher}`,
            artifact: teacher,
            trainSamples: 3,
            testSamples: 2,
            classes: 2,
            aligned: null,
          }
          const count = logits.get(teacher)
          if (each.use === 'computed') {
            const artifact = { kind: 'logits' as const, hash: teacher, bytes: 104 }
            recorder.logitsComputed(teacher, artifact, { ...found, seconds: 2 }, null)
            model.get(teacher)!.kinds.add('logits')
            logits.set(teacher, { computed: (count?.computed ?? 0) + 1, reads: count?.reads ?? 0 })
          } else {
            recorder.event(id, attempt, { type: 'read', logits: { ...found, seconds: 2 } })
            if (count !== undefined) count.reads += 1
          }
        } else if (each.type === 'forget') {
          recorder.forget(id)
          Object.assign(known, { status: 'pending', metrics: null, on: null, kinds: new Set() })
        } else if (each.type === 'done') {
          const artifacts = [{ kind: 'onnx' as const, hash: id, bytes: 5 }]
          recorder.attemptEnded(id, attempt, 'done', null)
          const results = { metrics: each.metrics, artifacts }
          recorder.trialEnded(id, { status: 'done', reason: null, results })
          if (attempt > 0) known.attempts[attempt - 1] = 'done'
          Object.assign(known, { status: 'done', metrics: each.metrics })
          known.kinds.add('onnx')
        } else {
          recorder.attemptEnded(id, attempt, 'crashed', 'why')
          recorder.trialEnded(id, { status: each.status as TrialEnd['status'], reason: 'why' })
          if (attempt > 0) known.attempts[attempt - 1] = 'crashed'
          Object.assign(known, { status: each.status, metrics: null })
        }
      }
      store.flush()
      check(store.db, model, logits)
      store.close()
    }),
    { numRuns: 60 },
  )
})

function check(
  db: ReturnType<typeof openStore>['db'],
  model: Map<string, Trial>,
  logits: Map<string, { computed: number; reads: number }>,
): void {
  const all = [...model.values()]
  const having = (status: string) => all.filter((known) => known.status === status).length
  const accuracyOf = (id: string | null) => model.get(id ?? '')?.metrics?.testAccuracy ?? null
  const gainOf = ({ id, baselineTrial }: PlannedTrial) => {
    const [own, other] = [accuracyOf(id), accuracyOf(baselineTrial)]
    return own === null || other === null ? null : own - other
  }
  const relativeOf = ({ id, teacherTrial }: PlannedTrial) => {
    const [own, other] = [accuracyOf(id), accuracyOf(teacherTrial)]
    return own === null || other === null ? null : own / other
  }

  const rows = trialsOf(db, plan.name)
  expect(rows.map((row) => row.trial)).toEqual(plan.trials.map(({ id }) => id))
  for (const [position, row] of rows.entries()) {
    const planned = plan.trials[position]!
    const known = model.get(row.trial)!
    expect(row).toMatchObject({
      position,
      role: planned.role,
      model: planned.model,
      architecture: 'mlp',
      config: planned.config,
      temperature: planned.config.distillation?.temperature ?? null,
      status: known.status,
      engine: known.on?.engine ?? null,
      device: known.on?.device ?? null,
      engines: known.on && (known.engines.findLast((engines) => engines !== null) ?? [known.on]),
      attempts: known.attempts.length,
      epoch: Math.max(0, ...known.epochs.keys()),
      epochs: 2,
      batchSize: 128,
      reducedBatchSize: known.reduced,
      keptEpoch: known.metrics?.keptEpoch ?? null,
      validationAccuracy: known.metrics?.validationAccuracy ?? null,
      calibrationError: known.metrics?.calibrationError ?? null,
      scaledCalibrationError: known.metrics?.scaledCalibrationError ?? null,
      calibrationTemperature: known.metrics?.calibrationTemperature ?? null,
      perClass: known.metrics?.perClass ?? null,
      biasCorrection: known.metrics?.biasCorrection ?? null,
      parameters: known.metrics?.parameters ?? null,
      gain: near(gainOf(planned)),
      relativeAccuracy: near(relativeOf(planned)),
    })
    expect(attemptsOf(db, row.trial).map(({ outcome }) => outcome)).toEqual(known.attempts)
    expect(attemptsOf(db, row.trial).map(({ batchSize }) => batchSize)).toEqual(known.batchSizes)
    expect(attemptsOf(db, row.trial).map(({ engines }) => engines)).toEqual(known.engines)
    const records = [...known.epochs.values()].toSorted((a, b) => a.epoch - b.epoch)
    expect(epochsOf(db, row.trial)).toEqual(records.map((each) => ({ trial: row.trial, ...each })))
    expect(row.imagesPerSecond).toBe(records.at(-1)?.imagesPerSecond ?? null)
  }

  const racing = plan.trials.filter(({ role }) => role !== 'teacher')
  const best = [...new Set(racing.map(({ configuration }) => configuration))].flatMap((configuration) => {
    const replicates = racing.filter((each) => each.configuration === configuration)
    return mean(replicates.map(({ id }) => model.get(id)!.metrics?.validationAccuracy)) ?? []
  })
  const counts = [...logits.values()]
  expect(sweepOf(db, plan.name)).toMatchObject({
    trials: all.length,
    done: having('done'),
    running: having('running'),
    pending: having('pending'),
    // It was started before any of them ended.
    reused: 0,
    reusedSeconds: 0,
    failed: all.length - having('done') - having('stopped early') - having('running') - having('pending'),
    stopped: having('stopped early'),
    bestValidationAccuracy: near(best.length === 0 ? null : Math.max(...best)),
    logitsComputed: counts.reduce((sum, { computed }) => sum + computed, 0),
    logitsReads: counts.reduce((sum, { reads }) => sum + reads, 0),
  })

  const configurations = db.select().from(configurationView).all()
  expect(configurations).toHaveLength(new Set(plan.trials.map(({ configuration }) => configuration)).size)
  for (const row of configurations) {
    const group = plan.trials.filter(({ configuration }) => configuration === row.configuration)
    const done = group.filter(({ id }) => model.get(id)!.status === 'done')
    const tests = done.map(({ id }) => accuracyOf(id)!)
    const average = mean(tests)
    const deviation = Math.sqrt(tests.reduce((sum, one) => sum + (one - average!) ** 2, 0) / (tests.length - 1))
    const reduced = done.flatMap(({ id }) => model.get(id)!.reduced ?? [])
    const metric = (of: (metrics: TrialMetrics) => number | undefined) =>
      near(mean(done.map(({ id }) => of(model.get(id)!.metrics!))))
    const validation = (id: string) => model.get(id)!.metrics?.validationAccuracy ?? -1
    expect(row).toMatchObject({
      planned: group.length,
      n: done.length,
      validationAccuracy: near(mean(done.map(({ id }) => validation(id)))),
      testAccuracy: near(average),
      validationLoss: metric(({ validationLoss }) => validationLoss),
      testLoss: metric(({ testLoss }) => testLoss),
      uncorrectedValidationAccuracy: metric(({ biasCorrection }) => biasCorrection?.before.validationAccuracy),
      uncorrectedTestAccuracy: metric(({ biasCorrection }) => biasCorrection?.before.testAccuracy),
      reducedBatchSize: reduced.length === 0 ? null : Math.min(...reduced),
      writtenBatchSize: reduced.length === 0 ? null : 128,
      testAccuracyDeviation: tests.length < 2 ? null : near(deviation),
      gain: near(mean(done.map(gainOf))),
      relativeAccuracy: near(mean(done.map(relativeOf))),
      calibrationError: near(mean(done.map(({ id }) => model.get(id)!.metrics!.calibrationError))),
      scaledCalibrationError: near(mean(done.map(({ id }) => model.get(id)!.metrics!.scaledCalibrationError))),
      trial: group.reduce((a, b) => (validation(b.id) > validation(a.id) ? b : a)).id,
    })
  }
  const ranked = ranking(db, plan.name).rows
  expect(ranked.every(({ role, n }) => role !== 'teacher' && n > 0)).toBe(true)
  expect(ranked).toHaveLength(configurations.filter(({ role, n }) => role !== 'teacher' && n > 0).length)
  const accuracies = ranked.map(({ validationAccuracy }) => validationAccuracy!)
  expect(accuracies).toEqual(accuracies.toSorted((a, b) => b - a))

  // Students and baselines may teach, too.
  const models = new Set(plan.trials.map((trial) => trial.model))
  const expected = [...models].toSorted().flatMap((teacher) => {
    const all = plan.trials.flatMap((trial) => (trial.model === teacher ? (logits.get(trial.id) ?? []) : []))
    if (all.length === 0) return []
    const total = (of: 'computed' | 'reads') => all.reduce((sum, each) => sum + each[of], 0)
    const counts = { trials: all.length, computed: total('computed'), reads: total('reads') }
    const kept = plan.trials.filter(({ id, model: name }) => name === teacher && model.get(id)!.kinds.has('logits'))
    return [{ teacher, samples: 5, bytes: 104 * kept.length, ...counts, savedSeconds: 2 * total('reads') }]
  })
  expect(logitsOf(db, plan.name)).toMatchObject(expected)
}

it('ties in the ranking go to the smaller model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retort ties-'))
  const store = openStore(join(folder, 'retort.db'))
  onTestFinished(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })
  const small = planOf({ teachers: 0, students: 0, baselines: 3 })
  saveSweep(store, small)
  const recorder = createRecorder(store)
  const calibration = { calibrationError: 0, scaledCalibrationError: 0, calibrationTemperature: 1 }
  const results = { keptEpoch: 1, validationLoss: 1, testLoss: 1, teacherAgreement: null }
  const same = {
    ...results,
    ...calibration,
    perClass: { correct: [], samples: [], names: null },
    biasCorrection: null,
    multiplyAccumulates: 1,
    onnxBytes: 1,
  }
  const sizes = [300, 100, 200]
  for (const [at, { id }] of small.trials.entries()) {
    const metrics = { ...same, validationAccuracy: 0.9, testAccuracy: at, parameters: sizes[at]!, trainSeconds: 1 }
    recorder.trialEnded(id, { status: 'done', reason: null, results: { metrics, artifacts: [] } })
  }
  store.flush()
  expect(ranking(store.db, small.name).rows.map(({ parameters }) => parameters)).toEqual([100, 200, 300])
})

it('at 10,000 trials no view reads more of a table than its sweep’s part', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retort plans-'))
  const store = openStore(join(folder, 'retort.db'))
  onTestFinished(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })
  const queries = {
    sweep_view: 'id',
    trial_view: 'sweep',
    configuration_view: 'sweep',
    logits_view: 'sweep',
    epoch_view: 'trial',
    attempt_view: 'trial',
    artifact_view: 'trial',
  }
  for (const [view, key] of Object.entries(queries)) {
    const steps = store.db.$client.prepare(`EXPLAIN QUERY PLAN SELECT * FROM ${view} WHERE ${key} = ?`).all('x')
    const scans = (steps as { detail: string }[]).map(({ detail }) => detail).filter((text) => /^SCAN/.test(text))
    // A view over its own grouped rows is walked through, as are replicates for their deviation; a table never is.
    expect(scans.filter((text) => !/^SCAN (g|r|\(subquery-\d+\)|sweep_view|logits_view)$/.test(text))).toEqual([])
  }
})
