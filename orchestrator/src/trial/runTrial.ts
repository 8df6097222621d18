// One trial from its request to its result: training, scores, artifacts.
import type { LogitsArtifact } from '@retort/schema/artifact'
import { joined } from '@retort/schema/engines'
import type { TrialRequest, TrialResult } from '@retort/schema/messages'
import { transferSet } from '../data/transferSet.ts'
import { multiplyAccumulates, parameterCount } from '../zoo/measure.ts'
import { readArtifact } from './artifacts.ts'
import { calibrationError, fitTemperature } from './calibration.ts'
import { readCheckpoint } from './checkpoint.ts'
import { correctBias, logitsBias, priorsOf } from './correctBias.ts'
import { agreement, classesOf, logitsOf, scoreOf } from './evaluate.ts'
import { exportModel } from './exportModel.ts'
import { classify } from './failure.ts'
import { readLogits } from './logits.ts'
import { checkMasks } from './masks.ts'
import { createPace, type Pace } from './pace.ts'
import { type Channel, stepsOf, train } from './train.ts'
import { otherClasses, workbenchRequest } from './workbenchRequest.ts'
import type { Workshop } from './workshop.ts'

/** Often enough for a progress bar, seldom enough to cost nothing. */
const progressMilliseconds = 250

/**
 * Never rejects: how a trial fails is its result.
 * @param pace of its checkpoints
 */
export async function runTrial(
  request: TrialRequest,
  channel: Channel,
  workshop: Workshop,
  pace = createPace(),
): Promise<TrialResult> {
  try {
    return await run(request, channel, workshop, pace)
  } catch (error) {
    return classify(error)
  }
}

async function run(request: TrialRequest, channel: Channel, workshop: Workshop, pace: Pace): Promise<TrialResult> {
  const { trial, config, artifacts: folder, checkpoint } = request
  const { distillation } = config
  const { batchSize, epochs, omitClasses } = config.training
  const whole = await workshop.data(config.dataset, { folder })
  const priors = config.training.correctBias && omitClasses.length > 0 ? priorsOf(whole.train, omitClasses) : null
  const data = transferSet(whole, omitClasses)
  const steps = stepsOf(data, batchSize)
  const teacher = distillation === null ? null : await readLogits(folder, requireLogits(request), data)
  if (teacher !== null && teacher.alignment === null) checkMasks(distillation!.objective, teacher.train, data)
  const resume = await readCheckpoint(checkpoint, trial, batchSize)

  const start = performance.now()
  const engine = await workshop.engine(request.placement)
  const workbench = await workshop.workbench({
    ...workbenchRequest(config, request.teacher?.architecture ?? null, data, otherClasses(request.logits)),
    predictionBatch: request.predictionBatch,
  })
  // Before hours of training, what could not be corrected after them.
  if (priors !== null) logitsBias(workbench.model, data.classes)
  if (request.teacher !== null) workbench.teach(await readArtifact(folder, request.teacher.weights))
  const { name, device, threads, versions } = engine
  const engines = joined([...(resume === null ? [] : request.checkpointEngines), { engine: name, device }])
  channel.emit({
    type: 'started',
    ranOn: { engine: name, device, threads, versions: { node: process.versions.node, ...versions } },
    engines,
    pid: process.pid,
    resumedFrom: resume === null ? null : { epoch: resume.records.length, step: resume.step },
    compileSeconds: (performance.now() - start) / 1000,
  })
  if (teacher !== null) channel.emit({ type: 'read', logits: requireLogits(request) })

  let told = Number.NEGATIVE_INFINITY
  const progress = (epoch: number, step: number) => {
    if (performance.now() - told < progressMilliseconds) return
    told = performance.now()
    channel.emit({ type: 'progress', epoch, epochs, step, steps })
  }
  const taught = { teacherLogits: teacher?.train ?? null, alignment: teacher?.alignment ?? null }
  const keeping = { checkpoint, resume, pace }
  const trained = await train({ trial, config, data, workbench, ...taught, ...keeping, channel, progress })
  if (trained.ended === 'interrupted') return { outcome: 'interrupted' }
  if (trained.ended === 'diverged') {
    const { epoch, step, reason } = trained
    return { outcome: 'diverged', epoch, step, reason }
  }

  const alive = () => progress(epochs, steps)
  const validated = trained.validationLogits ?? (await logitsOf(workbench, data, data.validation, alive))
  const biasCorrection = priors && (await correctBias(workbench, data, validated, priors, alive))
  const validationLogits = biasCorrection ? await logitsOf(workbench, data, data.validation, alive) : validated
  const validation = scoreOf(validationLogits, data.validation, data.classes)
  const testLogits = await logitsOf(workbench, data, data.test, alive)
  const test = scoreOf(testLogits, data.test, data.classes)
  const calibrationTemperature = fitTemperature(validationLogits, data.validation, data.classes)
  const exported = await workbench.withWeights((model) => exportModel(folder, model, data, engines))
  return {
    outcome: 'done',
    metrics: {
      keptEpoch: trained.kept.epoch,
      validationLoss: validation.loss,
      validationAccuracy: validation.accuracy,
      testLoss: test.loss,
      testAccuracy: test.accuracy,
      teacherAgreement: teacher?.test == null ? null : agreement(testLogits, teacher.test, data.test, data.classes),
      calibrationError: calibrationError(testLogits, data.test, data.classes),
      scaledCalibrationError: calibrationError(testLogits, data.test, data.classes, calibrationTemperature),
      calibrationTemperature,
      perClass: { ...classesOf(testLogits, data.test, data.classes), names: data.classNames },
      biasCorrection,
      parameters: parameterCount(workbench.model),
      multiplyAccumulates: multiplyAccumulates(workbench.model),
      onnxBytes: exported.onnx.bytes,
      trainSeconds: trained.trainSeconds,
    },
    artifacts: Object.values(exported),
  }
}

function requireLogits({ logits, config }: TrialRequest): LogitsArtifact {
  if (logits === null) throw new Error(`expected the logits of teacher ${config.distillation?.teacher}, got none`)
  return logits
}
