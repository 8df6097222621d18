// The step by which an engine is chosen is the trial's own, on samples that are read from nowhere.
import type { SampleShape, TimeStepRequest } from '@retort/schema/questions'
import type { TrialConfig } from '@retort/schema/trial'
import { expect, it } from 'vitest'
import type { Engine, Signature } from '../../orchestrator/src/engine/engine.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { timeStep } from '../../orchestrator/src/trial/timeStep.ts'
import { draw } from '../../orchestrator/src/trial/workbench.ts'
import { workbenchRequest } from '../../orchestrator/src/trial/workbenchRequest.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import { resolved } from '../zoo/architectures.ts'
import { cnn, config, digits, mlp, placement, softTargets } from './fixture.ts'

const images: SampleShape = { inputShape: [28, 28, 1], vocabulary: null, padding: null, labelShape: [], classes: 10 }
const tokens: SampleShape = { inputShape: [12], vocabulary: 50, padding: null, labelShape: [12], classes: 50 }
const weights = { hard: 0.5, soft: 0.5 }
const taught = { teacher: 'a'.repeat(64), objective: softTargets, temperature: 4, weights }
const mixup = { steps: [{ type: 'mixup', alpha: 0.2 }], views: 3, seed: 0, for: 'all' } as const
const hints = [
  { type: 'hints', weight: 1, layers: [{ student: 'conv2_relu', teacher: 'conv2_relu' }] },
] as const satisfies object[]
const gpt = resolved({ type: 'causal-transformer', width: 8, depth: 1, heads: 2, dropout: 0.1 })

/** Files that are not there. */
const nowhere = { ...digits(), trainImages: 'nowhere', trainLabels: 'nowhere' }
const lost = (changes: Parameters<typeof config>[0]) => config({ dataset: nowhere, ...changes })

const cases: Record<string, Omit<TimeStepRequest, 'task' | 'placement'>> = {
  'alone, with dropout': {
    config: lost({ architecture: mlp({ dropout: 0.2 }) }),
    samples: images,
    teacher: null,
    teacherClasses: null,
  },
  taught: { config: lost({ distillation: taught }), samples: images, teacher: null, teacherClasses: null },
  'with mixed samples': {
    config: lost({
      dataset: { ...nowhere, augmentation: mixup } as unknown as TrialConfig['dataset'],
      distillation: taught,
    }),
    samples: images,
    teacher: null,
    teacherClasses: null,
  },
  'with its teacher in the step': {
    config: lost({ architecture: cnn(), distillation: { ...taught, objective: [...hints] as never } }),
    samples: images,
    teacher: cnn({ filters: [6, 12] }),
    teacherClasses: null,
  },
  'taught in other tokens': {
    config: lost({
      architecture: gpt,
      distillation: { ...taught, objective: [{ type: 'uld', weight: 1 }] as never },
    }),
    samples: tokens,
    teacher: null,
    teacherClasses: 30,
  },
}

it.each(Object.entries(cases))('%s: compiles what the trial compiles, and times it', async (_, asked) => {
  const compiled: Record<string, Signature>[] = []
  let engine: Engine | undefined
  const workshop = openWorkshop(async (where) => {
    const opened = await openEngine(where)
    engine = {
      ...opened,
      compile: (step, inputs) => {
        compiled.push(inputs)
        return opened.compile(step, inputs)
      },
    }
    return engine
  })
  const { milliseconds } = await timeStep({ task: 'time step', ...asked, placement }, workshop)
  expect(milliseconds).toBeGreaterThan(0)

  const { dataset } = asked.config
  const augmentation = 'augmentation' in dataset && dataset.augmentation !== 'none' ? dataset.augmentation : null
  const data = { ...asked.samples, augmentation } as never
  const drawn = draw(workbenchRequest(asked.config, asked.teacher, data, asked.teacherClasses), engine!)
  expect(compiled).toEqual([drawn.feed.program.inputs])
  drawn.dispose()
  await workshop.close()
})
