// How long a trial's training step takes on an engine: the trial as it is planned, but random samples.
import type { SampleShape, TimeStepRequest, TimeStepResult } from '@retort/schema/questions'
import type { TrialConfig } from '@retort/schema/trial'
import { batchOf, type Data, sizeOf } from '../data/data.ts'
import { stream, uniform } from '../data/random.ts'
import { augmentationOf } from '../spec/studentsDataset.ts'
import { dataOf, feeder, timed } from './timedSteps.ts'
import { draw } from './workbench.ts'
import { workbenchRequest } from './workbenchRequest.ts'
import type { Workshop } from './workshop.ts'

/** Steps that pay for memory and caches, and for how many milliseconds at most; the first one always does. */
const warming = { steps: 3, patience: 500 }
/** How many steps tell, and after how many milliseconds no further one is begun once there are the fewest. */
const [fewest, most, patience] = [5, 200, 1000]

export async function timeStep(request: TimeStepRequest, workshop: Workshop): Promise<TimeStepResult> {
  const { config, samples, teacher, teacherClasses, placement } = request
  const engine = await workshop.engine(placement)
  const data = randomData(samples, config)
  const drawing = draw(workbenchRequest(config, teacher, data, teacherClasses), engine)
  try {
    const { feed, reset } = drawing
    reset(config.seed)
    const compiled = await engine.compile(feed.program.step, feed.program.inputs)
    try {
      const train = feed.lossStep(compiled.run, dataOf)
      const since = stopwatch()
      const times = await timed(train, feeder(config, data, drawing, teacherClasses), {
        warms: (run) => run === 0 || (run < warming.steps && since() < warming.patience),
        goesOn: ({ length }) =>
          length === 0 || (length < fewest && since() < 5 * patience) || (length < most && since() < patience),
      })
      return { milliseconds: times.sort((one, other) => one - other)[times.length >> 1]! }
    } finally {
      compiled.dispose()
    }
  } finally {
    drawing.dispose()
  }
}

function stopwatch(): () => number {
  const start = performance.now()
  return () => performance.now() - start
}

/**
 * As many random samples as a batch has. They are blended where the trial's are, but not changed otherwise, which costs
 * the same whatever trains on them.
 */
function randomData(shape: SampleShape, { dataset, training: { batchSize } }: TrialConfig): Data {
  const { inputShape, vocabulary, labelShape, classes } = shape
  const next = stream('time step')
  const inputs = batchOf(shape, batchSize)
  for (let at = 0; at < inputs.length; at++)
    inputs[at] = vocabulary === null ? 2 * uniform(next) - 1 : next() % vocabulary
  const labels = Int32Array.from({ length: batchSize * sizeOf(labelShape) }, () => next() % classes)
  const train = { inputs, labels, indices: Int32Array.from({ length: batchSize }, (_, place) => place) }
  const augmentation = augmentationOf(dataset)
  return {
    train,
    validation: train,
    test: train,
    trainFileSamples: batchSize,
    ...shape,
    inputShape,
    tokenizer: null,
    classNames: null,
    columnNames: null,
    preprocessing: null,
    augmentation: augmentation === 'none' ? null : augmentation,
    notes: [],
    warnings: [],
    contents: '',
    hash: '',
  }
}
