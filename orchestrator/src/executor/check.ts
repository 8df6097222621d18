// What a trial's process sends is checked before it reaches the store: a worker that runs wild costs its own trial,
// not the sweep.
import { isWhole, measuredNames } from '@retort/schema/definitions/derived'
import { metrics } from '@retort/schema/definitions/metrics'
import type { EvaluateResult, LogitsResult, MemberEvent, TrialEvent, TrialResult } from '@retort/schema/messages'

type Fields = Record<string, unknown>
type Check = (value: unknown) => boolean

const number: Check = (value) => typeof value === 'number' && !Number.isNaN(value)
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const text: Check = (value) => typeof value === 'string'
const hash: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const fields =
  (checks: Record<string, Check>): Check =>
  (value) =>
    isFields(value) && Object.entries(checks).every(([name, check]) => check(value[name]))
const orLeftOut =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** Of a teacher that is not trained here little may be known. */
const measured = Object.fromEntries(
  measuredNames.map((name): [string, Check] => {
    const value = isWhole(name) ? count : number
    const { known } = metrics[name].source
    return [name, known === 'always' ? value : known === 'trained' ? orNull(value) : orLeftOut(orNull(value))]
  }),
)

const logits = fields({
  key: text,
  artifact: hash,
  trainSamples: count,
  testSamples: count,
  classes: count,
  aligned: orNull(count),
  seconds: number,
})

const events: { [Type in TrialEvent['type']]: Check } = {
  started: fields({
    ranOn: fields({ engine: text, device: text, threads: count, versions: isFields }),
    engines: list(fields({ engine: text, device: text })),
    resumedFrom: orNull(fields({ epoch: count })),
  }),
  progress: fields({ epoch: number, epochs: number, step: number, steps: number }),
  epoch: fields({
    record: fields({
      epoch: count,
      trainLoss: number,
      hardLoss: number,
      softLoss: orNull(number),
      validationLoss: number,
      validationAccuracy: number,
      learningRate: number,
      seconds: number,
      imagesPerSecond: number,
    }),
  }),
  read: fields({ logits }),
}

const reason = fields({ reason: text })
const shortage = fields({ reason: text, predictionBatch: orLeftOut(count) })
const artifact = fields({ kind: text, hash, bytes: count })
const results: { [Outcome in TrialResult['outcome']]: Check } = {
  done: fields({
    metrics: fields({
      ...measured,
      perClass: orNull(fields({ correct: list(count), samples: list(count), names: orNull(list(text)) })),
      biasCorrection: orNull(
        fields({
          shifts: list(number),
          before: fields({
            validationLoss: number,
            validationAccuracy: number,
            testLoss: number,
            testAccuracy: number,
            correct: list(count),
          }),
        }),
      ),
    }),
    artifacts: list(artifact),
  }),
  diverged: reason,
  'out of memory': shortage,
  interrupted: isFields,
  failed: reason,
}
const logitsResults: { [Outcome in LogitsResult['outcome']]: Check } = {
  computed: fields({ artifact, logits }),
  'out of memory': shortage,
  interrupted: isFields,
  failed: reason,
}

/** Whether the message is an event that can be stored. */
export const isEvent = (message: unknown): message is TrialEvent =>
  isFields(message) &&
  Object.hasOwn(events, String(message.type)) &&
  events[message.type as TrialEvent['type']](message)

/** Whether it is such an event of one of a group's members. */
export const isMemberEvent = (message: unknown, members: number): message is MemberEvent =>
  isFields(message) &&
  message.type === 'member' &&
  count(message.member) &&
  (message.member as number) < members &&
  isEvent(message.event)

/** Whether the answer is a result that can be stored. */
export const isResult = (answer: unknown): answer is TrialResult | EvaluateResult => isOneOf(results, answer)

/** Whether the answer is that of the logits task, and can be stored. */
export const isLogitsResult = (answer: unknown): answer is LogitsResult => isOneOf(logitsResults, answer)

const isOneOf = (checks: Record<string, Check>, answer: unknown): boolean =>
  isFields(answer) && Object.hasOwn(checks, String(answer.outcome)) && checks[String(answer.outcome)]!(answer)
