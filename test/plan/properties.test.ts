// What holds for the plan of every experiment.
import { trialId } from '@retort/orchestrator/plan/identity'
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import type { PlannedTrial } from '@retort/orchestrator/plan/plan'
import { axesOf } from '@retort/orchestrator/spec/axes'
import { countTrials, gridSize } from '@retort/orchestrator/spec/grid'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { experiments, readValue, shuffled } from './arbitrary.ts'

const planOf = (experiment: unknown) => makePlan(readValue(experiment))
const idsOf = (experiment: unknown) => planOf(experiment).trials.map(({ id }) => id)

it('a plan has as many trials as were counted, each once', () => {
  fc.assert(
    fc.property(experiments, (drawn) => {
      const { experiment } = readValue(drawn)
      const ids = idsOf(drawn)
      expect(ids).toHaveLength(countTrials(gridSize(experiment, axesOf(experiment.sweep))))
      expect(new Set(ids).size).toBe(ids.length)
    }),
  )
})

it('a trial’s id is that of its configuration, in whatever order its keys stand', () => {
  fc.assert(
    fc.property(experiments, (drawn) => {
      for (const { id, config } of planOf(drawn).trials) {
        expect(trialId(config)).toBe(id)
        expect(trialId(shuffled(config) as typeof config)).toBe(id)
      }
    }),
    { numRuns: 30 },
  )
})

it('the order of keys in the file changes no id', () => {
  fc.assert(
    fc.property(experiments, (drawn) => {
      expect(new Set(idsOf(shuffled(drawn)))).toEqual(new Set(idsOf(drawn)))
    }),
  )
})

it('names and whatever else decides nothing change no id', () => {
  fc.assert(
    fc.property(experiments, (drawn) => {
      const renamed = JSON.parse(JSON.stringify(drawn).replaceAll('model-', 'other-'))
      const elsewhere = { name: 'b', description: 'c', engine: 'onnx', device: 'cpu', execution: { retries: 0 } }
      expect(idsOf({ ...renamed, ...elsewhere })).toEqual(idsOf(drawn))
    }),
  )
})

it('another temperature only adds trials', () => {
  fc.assert(
    fc.property(experiments, (drawn) => {
      const before = new Set(idsOf(drawn))
      const after = idsOf({ ...drawn, temperatures: [16, ...drawn.temperatures] })
      const kept = after.filter((id) => before.has(id))
      expect(kept).toHaveLength(before.size)
      // Objectives that read no temperature have none.
      const tempered = planOf(drawn).trials.filter(({ config }) => config.distillation?.temperature != null)
      const added = tempered.length / drawn.temperatures.length
      expect(after).toHaveLength(before.size + added)
    }),
  )
})

it('fewer seeds only leave out trials', () => {
  fc.assert(
    fc.property(experiments, (drawn) => {
      const all = new Set(idsOf(drawn))
      const fewer = planOf({ ...drawn, seeds: drawn.seeds.slice(0, 1) }).trials
      for (const { id } of fewer) expect(all.has(id)).toBe(true)
      const replicates = fewer.filter(({ role }) => role !== 'teacher').length
      expect(all.size).toBe(fewer.length + replicates * (drawn.seeds.length - 1))
    }),
  )
})

it('replicates, and only they, share their configuration', () => {
  fc.assert(
    fc.property(experiments, (drawn) => {
      const all = planOf(drawn).trials
      const byId = new Map(all.map((trial) => [trial.id, trial]))
      for (const configuration of new Set(all.map((trial) => trial.configuration))) {
        const trials = all.filter((trial) => trial.configuration === configuration)
        expect(trials).toHaveLength(trials[0]?.role === 'teacher' ? 1 : drawn.seeds.length)
        // Whoever teaches replicates is one teacher, or replicates itself, one for each of them.
        const taughtBy = trials.map(({ teacherTrial }) => byId.get(teacherTrial ?? ''))
        expect(new Set(taughtBy.map((teacher) => teacher?.configuration)).size).toBe(1)
        if (taughtBy[0] !== undefined && taughtBy[0].role !== 'teacher') {
          expect(taughtBy.map((teacher) => teacher?.config.seed)).toEqual(trials.map(({ config }) => config.seed))
        }
        const rest = trials.map(({ config: { seed: _, distillation, ...without } }) =>
          JSON.stringify({ ...without, distillation: distillation && { ...distillation, teacher: '' } }),
        )
        expect(new Set(rest).size).toBe(1)
      }
    }),
  )
})

it('what a trial needs stands before it', () => {
  fc.assert(
    fc.property(experiments, (drawn) => {
      const seen = new Map<string, PlannedTrial>()
      for (const trial of planOf(drawn).trials) {
        const { id, role, teacherTrial, baselineTrial, config, axes } = trial
        expect(teacherTrial).toBe(config.distillation?.teacher ?? null)
        const teacher = teacherTrial === null ? undefined : seen.get(teacherTrial)
        if (teacherTrial !== null) expect(teacher).toBeDefined()
        if (teacher !== undefined && teacher.role !== 'teacher') {
          // A student teaches as the trial that is like the one that learns.
          expect(teacher.config.seed).toBe(config.seed)
          for (const [path, value] of Object.entries(teacher.axes)) expect(axes[path]).toEqual(value)
          expect(trial.teacher).toBe(
            teacher.teacher === null ? teacher.model : `${teacher.model} <- ${teacher.teacher}`,
          )
        }
        if (teacher?.role === 'student') {
          const { temperature, weights } = config.distillation!
          expect(teacher.config.distillation).toMatchObject({ temperature, weights })
        }
        const baseline = baselineTrial === null ? undefined : seen.get(baselineTrial)
        if (baselineTrial !== null) expect(baseline?.role).toBe('baseline')
        const compared = role === 'student' || (role === 'baseline' && Object.hasOwn(axes, 'training.labelLoss'))
        expect(baselineTrial !== null).toBe(compared && drawn.baselines.includes('scratch'))
        seen.set(id, trial)
      }
    }),
  )
})
