// `retort plan SPEC`: the trials, what the models weigh, the loss, and what is done already.
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { enginesText, enginesOf as resultsOn, type SweepEngines } from '@retort/schema/engines'
import { openForReading } from '@retort/schema/open'
import type { AnyConfig, Keep, ResolvedAugmentation } from '@retort/schema/trial'
import { enginesOf, engineVerdicts, notesOf } from '../executor/engines.ts'
import { distillationColumns } from '../plan/columns.ts'
import { includes } from '../plan/largestStudent.ts'
import type { Plan, PlannedTrial } from '../plan/plan.ts'
import type { PlacedArchitecture } from '../spec/inspect.ts'
import { mixupOf } from '../spec/mixup.ts'
import { augmentationOf } from '../spec/studentsDataset.ts'
import { trialStates } from '../store/state.ts'
import { engineLines } from './engineNotes.ts'
import { bytes, count, number, percent, trialLabel } from './format.ts'
import { printJson, printTable, printWarnings } from './output.ts'
import { type OwnTokens, prepare } from './prepare.ts'
import { withWorker } from './worker.ts'

interface PlanOptions {
  json?: boolean
  engineStrict?: boolean
  store: string
  strict?: boolean
  trials?: boolean
}

export async function plan(file: string, { json, store, strict, engineStrict = false, trials }: PlanOptions) {
  const keeping = { folder: dirname(store), write: false }
  const { plan, models, dataset, warnings } = await withWorker((ask) => prepare(file, ask, { keeping, strict }))
  const states = statesIn(store, plan)
  const { engine, device } = plan.experiment
  const verdicts = engineVerdicts(plan, states, { engine, device }, engineStrict)
  // Whether a checkpoint is there is for `run` to see.
  for (const [id, { verdict }] of verdicts) if (verdict === 'restarted') verdicts.delete(id)
  const status = (id: string) => states.get(id)?.status ?? 'new'
  const isDone = (id: string) => status(id) === 'done' && ['reused', undefined].includes(verdicts.get(id)?.verdict)
  const computedOn = (id: string) => (states.has(id) ? enginesOf(states.get(id)!) : null)
  const reused = plan.trials.filter(({ id }) => isDone(id))
  const done = reused.length
  const { results } = resultsOn(
    reused.map(({ id, configuration }) => ({ status: 'done', configuration, engines: computedOn(id) })),
  )
  const engineNotes = notesOf(verdicts)

  if (json) {
    const sizes = models.map(({ placed, warnings: _, settled: __, ...size }) => ({
      model: placed.model,
      axes: placed.axes,
      ...size,
    }))
    const listed = plan.trials.map((trial) => ({
      ...trial,
      config: shownConfig(trial.config),
      status: status(trial.id),
      engines: computedOn(trial.id),
    }))
    const { name, formula } = plan
    const { warnings: _, padding: __, labelShape: ___, ...data } = dataset
    const engines = { asked: { engine, device }, results, notes: engineNotes }
    return printJson({ name, formula, dataset: data, models: sizes, reused: done, engines, trials: listed, warnings })
  }
  printWarnings(warnings)

  const augmentation = augmentationOf(plan.experiment.dataset)
  const trainedOn = augmentation === 'none' ? '' : viewsText(augmentation)
  console.log(
    `Sweep "${plan.name}": ${count(plan.trials.length)} trials, ${count(done)} of them done and reused${resultsText(results)}.`,
  )
  for (const line of engineLines(engineNotes, { engine, device })) console.log(line)
  console.log(
    `Data: ${count(dataset.trainSamples)} training, ${count(dataset.validationSamples)} validation and ` +
      `${count(dataset.testSamples)} test samples of ${sampleOf(dataset)}, ${dataset.classes} classes${trainedOn === '' ? '' : `; ${trainedOn}`}.`,
  )
  for (const note of dataset.notes ?? []) console.log(note)
  console.log(`Loss: ${plan.formula}`)
  console.log(`Weights kept: ${keptOf(plan.trials)}`)
  for (const line of [...leftOut(plan.trials), ...halving(plan.trials)]) console.log(line)
  if (plan.experiment.seeds.length === 1 && plan.trials.some(({ baselineTrial }) => baselineTrial !== null)) {
    console.log(
      'One seed tells no gain from chance: five, as "seeds": [1, 2, 3, 4, 5], can answer whether distillation helps.',
    )
  }
  console.log()
  const rows = models.map(({ placed, parameters, multiplyAccumulates, onnxBytes }) => {
    const own = plan.trials.filter(({ model, axes }) => model === placed.model && includes(axes, placed.axes))
    return [
      placed.path[0] === 'teachers' ? 'teacher' : 'student',
      [placed.model, ...Object.entries(placed.axes).map(([path, value]) => `${path}=${JSON.stringify(value)}`)].join(
        ' ',
      ),
      architectureName(placed.architecture),
      count(parameters),
      count(multiplyAccumulates),
      bytes(onnxBytes),
      count(own.length),
      count(own.filter(({ id }) => isDone(id)).length),
    ]
  })
  const head = ['role', 'model', 'architecture', 'parameters', 'multiply-adds', 'ONNX file', 'trials', 'reused']
  printTable(head, rows, [3, 4, 5, 6, 7])
  for (const { placed, notes } of models) for (const note of notes) console.log(`${placed.model}: ${note}`)
  for (const { placed, tokens } of models) if (tokens !== null) console.log(`${placed.model}: ${ownTokens(tokens)}`)
  if (!trials) return console.log('\n--trials lists every trial.')
  console.log()
  printTable(
    ['trial', 'what', 'learning rate', 'epochs', 'status'],
    plan.trials.map(({ id, config, ...names }) => [
      id.slice(0, 12),
      trialLabel({
        ...names,
        ...distillationColumns(config),
        seed: config.seed,
      }),
      config.role === 'given' ? '' : number(config.training.optimizer.learningRate),
      config.role === 'given' ? '' : String(config.training.epochs),
      status(id),
    ]),
    [2, 3],
  )
}

/** What the store knows of the plan's trials. */
function statesIn(store: string, plan: Plan): ReturnType<typeof trialStates> {
  if (!existsSync(store)) return new Map()
  const db = openForReading(store)
  return trialStates(
    db,
    plan.trials.map(({ id }) => id),
  )
}

/** What results were computed on, each with their number where it is not the same for all. */
function resultsText(results: SweepEngines['results']): string {
  if (results.length < 2) return results.map(({ engines }) => `, computed on ${enginesText(engines)}`).join('')
  return `: ${results.map(({ engines, trials }) => `${count(trials)} computed on ${enginesText(engines)}`).join(', ')}`
}

/** How training samples are changed. */
function viewsText(augmentation: ResolvedAugmentation): string {
  const { views, for: models } = augmentation
  const mixup = mixupOf(augmentation)
  const blended = mixup === null ? '' : `, blended in pairs (mixup, alpha ${mixup.alpha})`
  return `training samples in ${views} views each${blended}${models === 'all' ? '' : ', for teachers alone'}`
}

const keepNames: { [K in Keep]: string } = {
  last: 'those of the last epoch',
  best: 'those of the epoch with the best validation accuracy',
}

/** By which protocol the trials' weights are chosen, with the models where they differ. */
function keptOf(trials: PlannedTrial[]): string {
  const kept = Object.entries(keepNames).flatMap(([keep, name]) => {
    const models = new Set(
      trials.filter(({ config }) => config.role !== 'given' && config.training.keep === keep).map(({ model }) => model),
    )
    return models.size === 0 ? [] : [{ name, models: [...models].join(', ') }]
  })
  return kept.length === 1 ? kept[0]!.name : kept.map(({ name, models }) => `${name} (${models})`).join('; ')
}

/** Which classes are left out of which models' training, and whether their biases are corrected afterwards. */
function leftOut(trials: PlannedTrial[]): string[] {
  const models = new Map<string, Set<string>>()
  for (const { config, model } of trials) {
    if (config.role === 'given' || config.training.omitClasses.length === 0) continue
    const { omitClasses, correctBias } = config.training
    const after = correctBias ? '; biases corrected afterwards by the class prior' : ''
    const what = `${[...omitClasses].sort((a, b) => a - b).join(', ')}${after}`
    models.set(what, (models.get(what) ?? new Set()).add(model))
  }
  return [...models].map(([what, of]) => `Classes left out of the training of ${[...of].join(', ')}: ${what}`)
}

/** Which models train with smaller batches where memory is short. */
function halving(trials: PlannedTrial[]): string[] {
  const trained = trials.flatMap(({ config, model }) =>
    config.role === 'given' ? [] : [{ ...config.training, model }],
  )
  const halve = new Set(trained.filter(({ outOfMemory }) => outOfMemory === 'halve-batch').map(({ model }) => model))
  if (halve.size === 0) return []
  const all = trained.every(({ model }) => halve.has(model))
  return [`Out of memory: again with half the batch size${all ? '' : ` (${[...halve].join(', ')})`}`]
}

/** A sample's shape: `28 x 28 x 1`, or `128 tokens of 5,002`. */
function sampleOf({ inputShape, vocabulary }: { inputShape: number[]; vocabulary: number | null }): string {
  const shape = inputShape.join(' x ')
  return vocabulary === null ? shape : `${shape} tokens of ${count(vocabulary)}`
}

/** How a teacher's own tokens stand beside those of its students, and what its logits take. */
function ownTokens({ length, classes, positions, aligned }: OwnTokens): string {
  const share = percent(aligned / positions)
  // Two bytes a logit, and one a position.
  const size = bytes(2 * aligned * classes + positions)
  return (
    `reads windows of ${count(length)} tokens of its own ${count(classes)}; it teaches at ${count(aligned)} of its ` +
    `students' ${count(positions)} positions (${share}), where a token of both begins, by logits of ${size}`
  )
}

/** What a model is: its type and, where it comes from files or from others, from which. */
function architectureName(architecture: PlacedArchitecture['architecture']): string {
  switch (architecture.type) {
    case 'keras':
    case 'tfjs':
    case 'onnx':
      return `${architecture.type} ${architecture.file}`
    case 'logits':
      return `logits in ${[architecture.train, architecture.test].flatMap((each) => each?.file ?? []).join(', ')}`
    case 'ensemble': {
      const members = architecture.of.map(({ model, weight }) => `${number(weight)} ${model}`)
      return `mean of ${architecture.mean}: ${members.join(' + ')}`
    }
    default:
      return architecture.type
  }
}

/** Without the text of a model's file, which its hash stands for. */
function shownConfig({ architecture, ...config }: AnyConfig) {
  if (!('topology' in architecture)) return { ...config, architecture }
  const { topology: _, ...shown } = architecture
  return { ...config, architecture: shown }
}
