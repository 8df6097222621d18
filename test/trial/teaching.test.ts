// Temperatures and loss weights that change from epoch to epoch.
import type { TrialConfig } from '@retort/schema/trial'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { teachingInputs, valueAt } from '../../orchestrator/src/trial/teaching.ts'
import {
  config,
  digits,
  expectDone,
  hashOf,
  logitsFrom,
  request,
  run,
  softTargets,
  temporaryFolder,
} from './fixture.ts'

type Distillation = NonNullable<TrialConfig['distillation']>

describe('a course', () => {
  it('goes from the first epoch to the last', () => {
    const linear = { from: 8, to: 2, shape: 'linear' } as const
    expect([1, 2, 3, 4].map((epoch) => valueAt(linear, epoch, 4))).toEqual([8, 6, 4, 2])
    // (1 - cos(pi / 3)) / 2 = 1 / 4 of the way.
    const cosine = { from: 8, to: 0, shape: 'cosine' } as const
    const values = [1, 2, 3, 4].map((epoch) => valueAt(cosine, epoch, 4))
    for (const [index, value] of [8, 6, 2, 0].entries()) expect(values[index]).toBeCloseTo(value, 12)
    expect(valueAt(linear, 1, 1)).toBe(8)
    const step = (at: number) => ({ from: 1, to: 0, shape: { type: 'step', at } }) as const
    const stepped = (at: number, epochs: number) =>
      Array.from({ length: epochs }, (_, index) => valueAt(step(at), index + 1, epochs))
    expect(stepped(0.25, 4)).toEqual([1, 0, 0, 0])
    expect(stepped(0.1, 30).indexOf(0)).toBe(3)
    expect(stepped(0.01, 3)).toEqual([1, 0, 0])
    expect(stepped(0.99, 3)).toEqual([1, 1, 0])
    expect(stepped(0.5, 1)).toEqual([1])
    expect(valueAt(3, 2, 4)).toBe(3)
  })

  it('never leaves its ends, and never turns back', () => {
    const end = fc.double({ min: 0, max: 100, noNaN: true })
    fc.assert(
      fc.property(
        end,
        end,
        fc.oneof(
          fc.constantFrom('linear' as const, 'cosine' as const),
          fc.record({ type: fc.constant('step' as const), at: fc.double({ min: 0.01, max: 0.99, noNaN: true }) }),
        ),
        fc.integer({ min: 2, max: 50 }),
        (from, to, shape, epochs) => {
          const values = Array.from({ length: epochs }, (_, index) => valueAt({ from, to, shape }, index + 1, epochs))
          expect(values[0]).toBe(from)
          expect(values.at(-1)).toBeCloseTo(to, 9)
          const steps = values.slice(1).map((value, index) => Math.sign(to - from) * (value - values[index]!))
          for (const step of steps) expect(step).toBeGreaterThanOrEqual(-1e-9)
        },
      ),
    )
  })

  it('is that of each of its parts', () => {
    const inputs = teachingInputs(
      {
        teacher: '',
        objective: [...softTargets, { type: 'logit-mse', weight: { from: 3, to: 5, shape: 'linear' } }],
        temperature: { from: 4, to: 2, shape: 'linear' },
        weights: { hard: 0.5, soft: { from: 1, to: 0, shape: 'cosine' } },
      },
      3,
      3,
    )
    expect(inputs).toEqual({
      temperature: Float32Array.of(2),
      hardWeight: Float32Array.of(0.5),
      softWeight: Float32Array.of(0),
      termWeight_0: Float32Array.of(1),
      termWeight_1: Float32Array.of(5),
    })
    expect(teachingInputs(null, 1, 3)).toEqual({})
  })
})

describe('a trial', () => {
  const folder = temporaryFolder()
  const dataset = digits({ train: 330, validation: 100, test: 100 })
  const teacher = config({ role: 'teacher', dataset, training: { epochs: 1 } })
  const logits = run(request(folder, 'teacher', teacher)).then(({ result }) =>
    logitsFrom(folder, teacher, expectDone(result)),
  )
  const student = async (
    name: string,
    distillation: Omit<Distillation, 'teacher' | 'objective'>,
    epochs: number,
    stopAfter?: number,
  ) => {
    const given = config({
      dataset,
      training: { epochs },
      distillation: { teacher: 'teacher', objective: softTargets, ...distillation },
    })
    return run(request(folder, name, given, await logits), stopAfter)
  }
  const course = {
    temperature: { from: 8, to: 1, shape: 'linear' },
    weights: { hard: { from: 0, to: 1, shape: 'cosine' }, soft: 0.5 },
  } as const
  const weightsOf = ({ result }: Awaited<ReturnType<typeof run>>) => hashOf(expectDone(result), 'weights')

  it('of one epoch has its first values, of more it has others', async () => {
    const constant = { temperature: 8, weights: { hard: 0, soft: 0.5 } }
    expect(weightsOf(await student('course 1', course, 1))).toBe(weightsOf(await student('constant 1', constant, 1)))
    expect(weightsOf(await student('course 2', course, 2))).not.toBe(
      weightsOf(await student('constant 2', constant, 2)),
    )
  })

  it('that was stopped goes on to the same bits', async () => {
    const whole = weightsOf(await student('whole', course, 3))
    expect((await student('stopped', course, 3, 7)).result).toEqual({ outcome: 'interrupted' })
    expect(weightsOf(await student('stopped', course, 3))).toBe(whole)
  })
})
