// The trial of a teacher that is not trained here: it is measured as others are.
import type { EvaluateRequest, EvaluateResult } from '@retort/schema/messages'
import { calibrationError, fitTemperature } from '../calibration.ts'
import { classesOf, scoreOf } from '../evaluate.ts'
import { classify, Interrupted } from '../failure.ts'
import type { Channel } from '../train.ts'
import { predictionBatch } from '../workbench.ts'
import type { Workshop } from '../workshop.ts'
import { openGiven } from './open.ts'

/** Often enough for a progress bar, seldom enough to cost nothing. */
const progressMilliseconds = 250

/** Never rejects: how a trial fails is its result. */
export async function evaluateGiven(
  request: EvaluateRequest,
  channel: Channel,
  workshop: Workshop,
): Promise<EvaluateResult> {
  try {
    return await evaluate(request, channel, workshop)
  } catch (error) {
    return classify(error)
  }
}

async function evaluate(request: EvaluateRequest, channel: Channel, workshop: Workshop): Promise<EvaluateResult> {
  const { config, artifacts: folder, members, predictionBatch: atMost } = request
  const data = await workshop.data(config.dataset, { folder })
  const start = performance.now()
  const engine = await workshop.engine(request.placement)
  const source = await openGiven(config.architecture, { data, engine, folder, members, predictionBatch: atMost })
  try {
    const { name, device, threads, versions } = engine
    channel.emit({
      type: 'started',
      ranOn: { engine: name, device, threads, versions: { node: process.versions.node, ...versions } },
      engines: [{ engine: name, device }],
      pid: process.pid,
      resumedFrom: null,
      compileSeconds: (performance.now() - start) / 1000,
    })
    for (const logits of members) channel.emit({ type: 'read', logits })
    let told = Number.NEGATIVE_INFINITY
    let step = 0
    const samples = data.validation.indices.length + data.test.indices.length
    const steps = Math.ceil(samples / predictionBatch(data, atMost))
    const between = () => {
      step = Math.min(step + 1, steps)
      if (channel.stopRequested()) throw new Interrupted()
      if (performance.now() - told < progressMilliseconds) return
      told = performance.now()
      channel.emit({ type: 'progress', epoch: 1, epochs: 1, step, steps })
    }
    const validationLogits = await source.logits('train', data.validation, between)
    const testLogits = await source.logits('test', data.test, between)
    const validation = validationLogits && scoreOf(validationLogits, data.validation, data.classes)
    const test = testLogits && scoreOf(testLogits, data.test, data.classes)
    const temperature = validationLogits && fitTemperature(validationLogits, data.validation, data.classes)
    const calibrated = (by: number | null) =>
      testLogits && by && calibrationError(testLogits, data.test, data.classes, by)
    return {
      outcome: 'done',
      metrics: {
        keptEpoch: null,
        validationLoss: finite(validation?.loss),
        validationAccuracy: validation?.accuracy ?? null,
        testLoss: finite(test?.loss),
        testAccuracy: test?.accuracy ?? null,
        teacherAgreement: null,
        calibrationError: calibrated(1),
        scaledCalibrationError: calibrated(temperature),
        calibrationTemperature: temperature,
        perClass: testLogits && { ...classesOf(testLogits, data.test, data.classes), names: data.classNames },
        biasCorrection: null,
        ...(await source.sizes()),
        trainSeconds: 0,
      },
      artifacts: [],
    }
  } finally {
    await source.close()
  }
}

/** The loss is infinite where a teacher masks the class of a sample, and no number that could be compared. */
const finite = (loss: number | undefined): number | null => (Number.isFinite(loss) ? (loss as number) : null)
