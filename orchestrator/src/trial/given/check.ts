// What a teacher that is not trained here knows of the data, found out before anything trains: one that knows nothing
// is most likely read amiss.
import type { ResolvedGiven } from '@retort/schema/given'
import type { Warning } from '@retort/schema/questions'
import { type Data, type Samples, sizeOf } from '../../data/data.ts'
import { scoreOf } from '../evaluate.ts'
import { arePercentages, probabilitiesIn } from './probabilities.ts'
import { isRepeated } from './repeated.ts'
import { GivenProblem, type Part, type Reading, type Source } from './source.ts'
import {
  accuracyOf,
  isAtChance,
  isBelowCommonest,
  isBetter,
  orderOf,
  type Tally,
  tallyOf,
  tallyOfAnswers,
} from './tally.ts'

/** Enough to tell chance from knowledge, of models that are asked. */
const mostSamples = 512
/** Fewer are asked for where a second has gone. */
const fewSamples = 32
const milliseconds = { one: 1000, most: 5000, others: 3000 }

/** How many samples a model is asked at once here: few enough that a large one soon says how long it takes. */
export function checkBatch({
  inputShape,
  labelShape,
  classes,
}: Pick<Data, 'inputShape' | 'labelShape' | 'classes'>): number {
  const most = Math.min(128, 2 ** 16 / sizeOf(inputShape), 2 ** 22 / (sizeOf(labelShape) * classes))
  return Math.max(2, Math.floor(most))
}

/**
 * @returns what it does no better than chance, or would better if its inputs were given otherwise
 * @throws GivenProblem where what it gives cannot be what the experiment takes it for
 */
export async function checkGiven(given: ResolvedGiven, source: Source, data: Data): Promise<Warning[]> {
  if (data.vocabulary !== null) await askLargestIds(source, data)
  return given.type === 'logits' ? checkRows(given, source, data) : checkModel(given, source, data)
}

/** A token id that a model has no row for ends its run: samples that hold the largest are asked for. */
async function askLargestIds({ logits }: Source, { train, validation, test, inputShape }: Data): Promise<void> {
  const size = sizeOf(inputShape)
  for (const [part, samples] of [
    ['train', train],
    ['train', validation],
    ['test', test],
  ] as [Part, Samples][]) {
    const { inputs, indices } = samples
    let [most, holder] = [-1, indices[0]!]
    for (const index of indices) {
      for (let at = index * size; at < (index + 1) * size; at++) {
        if (inputs[at]! > most) [most, holder] = [inputs[at]!, index]
      }
    }
    await logits(part, { ...samples, indices: Int32Array.of(holder) }, () => {})
  }
}

async function checkModel(given: ResolvedGiven, source: Source, data: Data): Promise<Warning[]> {
  const parts = partsOf(data.validation, checkBatch(data))
  const start = performance.now()
  const asked = await askedOf(given, source, parts, data)
  const [first] = asked
  if (first === undefined) return []
  const each = (performance.now() - start) / asked.length
  const again = (await source.logits('train', first.part, () => {}))!
  const message =
    'answers the same samples differently each time, as with dropout left on: export it in evaluation mode, model.eval()'
  const changing = isRepeated(first.logits!, again, data.classes) ? [] : [{ message, path: ['file'] }]
  return [...changing, ...(await checkAnswers(source, asked, each, data))]
}

interface Asked {
  part: Samples
  /** Of the first part alone, since those of positions are many. */
  logits: Float32Array | null
  tally: Tally
}

/** None where logits are unknown. @throws GivenProblem where they are no logits */
async function askedOf(given: ResolvedGiven, source: Source, parts: Samples[], data: Data): Promise<Asked[]> {
  const start = performance.now()
  const asked: Asked[] = []
  for (const part of parts) {
    const logits = await source.logits('train', part, () => {})
    if (logits === null) return []
    refuseProbabilities(given, logits, data)
    asked.push({ part, logits: asked.length === 0 ? logits : null, tally: tallyOf(logits, part, data.classes) })
    const seen = asked.reduce((sum, { part }) => sum + part.indices.length, 0)
    const spent = performance.now() - start
    if (spent > milliseconds.most || (spent > milliseconds.one && seen >= fewSamples)) break
  }
  return asked
}

/** @param each milliseconds that a part takes */
async function checkAnswers(source: Source, asked: Asked[], each: number, data: Data): Promise<Warning[]> {
  const own = joined(
    asked.map(({ tally }) => tally),
    data.classes,
  )
  if (!(accuracyOf(own) <= 0.95)) return []
  const { readings = [] } = source
  const affordable = Math.max(1, Math.floor(milliseconds.others / (each * readings.length || 1)))
  const again = asked.slice(0, affordable)
  const same = joined(
    again.map(({ tally }) => tally),
    data.classes,
  )
  const found = `right on ${shareOf(own)} validation samples`
  const all: Read[] = []
  for (const reading of readings)
    all.push(
      ...(await readAgain(
        reading,
        again.map(({ part }) => part),
        data,
      )),
    )
  const best = bestOf(all, same)
  const order = otherOrder(own, data, found, ['file'])
  if (order !== null && !(best !== undefined && accuracyOf(best.tally) >= order.accuracy)) return [order.warning]
  if (best !== undefined) {
    const said = JSON.stringify(best.reading.said).slice(1, -1)
    const message = `${found}, and on ${shareOf(best.tally)} with ${said}: say that if it is what the model takes`
    return [{ message, path: [Object.keys(best.reading.said).at(-1)!] }]
  }
  const cause =
    data.vocabulary === null
      ? 'its inputs are given to it in another way than it was trained with, or it was trained for other classes'
      : 'it was trained with another tokenizer, or for other classes'
  return verdictOf(own, data, found, ['file'], cause)
}

interface Read {
  reading: Reading
  tally: Tally
  /** Cross entropy, summed. */
  loss: number
}

/** None for a way in which it cannot be read, which is not the one that was meant. */
async function readAgain(reading: Reading, parts: Samples[], data: Data): Promise<Read[]> {
  const tallies: Tally[] = []
  let loss = 0
  try {
    for (const part of parts) {
      const logits = (await reading.logits('train', part, () => {}))!
      tallies.push(tallyOf(logits, part, data.classes))
      loss += scoreOf(logits, part, data.classes).loss * part.indices.length
    }
  } catch (error) {
    if (error instanceof GivenProblem) return []
    throw error
  }
  return [{ reading, tally: joined(tallies, data.classes), loss }]
}

/** Of those that are better the one with the most right answers; of answers as good to 1 of 100, the most likely ones. */
function bestOf(all: Read[], own: Tally): Read | undefined {
  const better = all.filter(({ tally }) => isBetter(tally, own))
  const most = better.reduce((right, { tally }) => Math.max(right, tally.right), 0)
  const [first, ...others] = better.filter(({ tally }) => tally.right >= most - 0.01 * own.labels.length)
  return first && others.reduce((best, each) => (each.loss < best.loss ? each : best), first)
}

/** Logits of every sample are there: each split says whether its rows belong to its samples. */
async function checkRows(given: ResolvedGiven & { type: 'logits' }, source: Source, data: Data): Promise<Warning[]> {
  const splits = [
    ['train', 'training', data.train],
    ['train', 'validation', data.validation],
    ['test', 'test', data.test],
  ] as [Part, string, Samples][]
  const warnings: Warning[] = []
  const told = new Set<Part>()
  for (const [part, name, samples] of splits) {
    const logits = await source.logits(part, samples, () => {})
    if (logits === null || samples.indices.length === 0) continue
    refuseProbabilities(given, logits, data)
    if (told.has(part)) continue
    const tally = tallyOf(logits, samples, data.classes)
    const cause =
      'its rows stand in another order than the samples, as those of a loader that shuffles do, or are of other samples'
    const found = verdictOf(tally, data, `right on ${shareOf(tally)} ${name} samples`, [part, 'file'], cause)
    if (found.length > 0) told.add(part)
    warnings.push(...found)
  }
  return warnings
}

/** The order of its classes by which it is better, if there is one. */
function otherOrder(
  tally: Tally,
  data: Data,
  found: string,
  path: string[],
): { accuracy: number; warning: Warning } | null {
  const order = data.labelShape.length === 0 ? orderOf(tally, data.classes) : null
  if (order === null) return null
  // Judged by the samples that it was not learned from.
  const rest = tally.labels.map((_, place) => place).filter((place) => place % 2 === 1)
  const labels = rest.map((place) => tally.labels[place]!)
  const named = rest.map((place) => tally.named[place]!)
  const own = tallyOfAnswers(named, labels, data.classes)
  const reordered = tallyOfAnswers(
    named.map((name) => order.get(name) ?? name),
    labels,
    data.classes,
  )
  if (!isBetter(reordered, own)) return null
  const moved = [...order].filter(([from, to]) => from !== to).sort(([one], [other]) => one - other)
  const pairs = moved.slice(0, 5).map(([from, to]) => `its ${from} is the data's ${to}`)
  const shown = `${pairs.join(', ')}${moved.length > 5 ? ' and so on' : ''}`
  const accuracy = accuracyOf(reordered)
  const message = `${found}: most likely it has the classes in another order (${shown}), by which it is right on ${percent(accuracy)}`
  return { accuracy, warning: { message, path } }
}

function verdictOf(tally: Tally, data: Data, found: string, path: string[], cause: string): Warning[] {
  const order = otherOrder(tally, data, found, path)
  if (order !== null) return [order.warning]
  if (isAtChance(tally) === true) {
    const message = `${found}, no better than chance, ${percent(tally.chance)}: most likely ${cause}`
    return [{ message, path }]
  }
  if (isBelowCommonest(tally)) {
    const message = `${found}, worse than to name the commonest class always, ${percent(tally.commonest)}: most likely ${cause}`
    return [{ message, path }]
  }
  return []
}

/** @throws GivenProblem where what is taken for logits by default are probabilities */
function refuseProbabilities(given: ResolvedGiven, logits: Float32Array, { classes }: Data): void {
  refusePercentages(given, logits, classes)
  const kind = probabilitiesIn(logits, classes)
  if (kind === null) return
  if (given.type === 'tfjs' && given.gives === undefined) {
    if (kind === 'each') return
    const ways = 'end it in a layer that gives logits, or export it as ONNX and say "gives": "probabilities"'
    throw new GivenProblem(`expected logits, got probabilities: ${ways}`, ['file'])
  }
  if (given.type === 'ensemble' || given.gives !== 'logits' || !given.leftOut?.includes('gives')) return
  const asLogits = '"gives": "logits" to have them softened as logits all the same'
  if (kind === 'each') {
    const ways = `take what goes into it, or say ${asLogits}`
    throw new GivenProblem(`expected logits, got numbers from 0 to 1, as of a sigmoid for each class: ${ways}`, [
      'gives',
    ])
  }
  const shown = kind === 'rows' ? 'rows from 0 to 1 whose sum is 1' : 'one from 0 to 1 for two classes'
  const ways = `say "gives": "probabilities", or ${asLogits}`
  throw new GivenProblem(`expected logits, got probabilities, ${shown}: ${ways}`, ['gives'])
}

function refusePercentages(given: ResolvedGiven, logits: Float32Array, classes: number): void {
  if (given.type === 'ensemble' || !arePercentages(logits, classes)) return
  const found = 'expected logits, got percentages, rows from 0 on whose sum is 100'
  if (given.type === 'tfjs' && given.gives === undefined) {
    const ways =
      'end it in a layer that gives logits, or export it as ONNX, divided by 100, and say "gives": "probabilities"'
    throw new GivenProblem(`${found}: ${ways}`, ['file'])
  }
  if (given.gives !== 'logits' || !given.leftOut?.includes('gives')) return
  const ways =
    'divide them by 100 and say "gives": "probabilities", or say "gives": "logits" to have them softened as they are'
  throw new GivenProblem(`${found}: ${ways}`, ['gives'])
}

/** Spread over the samples, so that the first few stand for all. */
function partsOf(samples: Samples, batch: number): Samples[] {
  const { indices } = samples
  const count = Math.min(indices.length, mostSamples)
  const spread = Int32Array.from({ length: count }, (_, at) => indices[Math.floor((at * indices.length) / count)]!)
  const parts = Math.ceil(count / batch)
  return Array.from({ length: parts }, (_, part) => ({
    ...samples,
    indices: spread.filter((_, at) => at % parts === part),
  }))
}

const joined = (tallies: Tally[], classes: number): Tally =>
  tallyOfAnswers(
    tallies.flatMap(({ named }) => named),
    tallies.flatMap(({ labels }) => labels),
    classes,
  )

const shareOf = (tally: Tally): string => `${percent(accuracyOf(tally))} of ${tally.labels.length.toLocaleString('en')}`

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
