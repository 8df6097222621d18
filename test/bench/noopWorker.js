// A trial's process that trains nothing: what is left of a sweep's time is the orchestrator's own.
import { listen } from '@retort/orchestrator/trial/channel'

const ranOn = { engine: 'onnx', device: 'cpu', threads: 1, versions: { node: process.versions.node } }
const losses = { trainLoss: 1, hardLoss: 1, softLoss: null, validationLoss: 1, validationAccuracy: 0.5 }
const record = { epoch: 1, ...losses, learningRate: 0.1, seconds: 0.01, imagesPerSecond: 1 }
const metrics = {
  keptEpoch: 1,
  validationLoss: 1,
  validationAccuracy: 0.5,
  testLoss: 1,
  testAccuracy: 0.5,
  teacherAgreement: null,
  calibrationError: 0.02,
  scaledCalibrationError: 0.01,
  calibrationTemperature: 1.5,
  perClass: { correct: [1], samples: [1], names: null },
  biasCorrection: null,
  parameters: 1,
  multiplyAccumulates: 1,
  onnxBytes: 1,
  trainSeconds: 0.01,
}

export default async function answer({ task, trial, logits }) {
  const channel = listen()
  if (task === 'logits') {
    const found = {
      key: trial,
      artifact: trial,
      trainSamples: 1,
      testSamples: 1,
      classes: 2,
      aligned: null,
      seconds: 0.01,
    }
    return { outcome: 'computed', artifact: { kind: 'logits', hash: trial, bytes: 16 }, logits: found }
  }
  channel.emit({
    type: 'started',
    ranOn,
    engines: [{ engine: 'onnx', device: 'cpu' }],
    pid: process.pid,
    resumedFrom: null,
    compileSeconds: 0,
  })
  if (logits !== null) channel.emit({ type: 'read', logits })
  channel.emit({ type: 'epoch', record })
  const artifacts = [
    { kind: 'onnx', hash: trial, bytes: 1 },
    { kind: 'weights', hash: trial, bytes: 1 },
  ]
  return { outcome: 'done', metrics, artifacts }
}
