// Reads an experiment from a file: JSON, the schema, what the schema cannot say, then every default filled in.
import { dirname } from 'node:path'
import type { Experiment } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import { InputError, type Path, type Problem, showPath } from '../errors/problem.ts'
import type { Axis } from './axes.ts'
import { checkAxes } from './axisChecks.ts'
import {
  checkBaselines,
  checkBatchSizes,
  checkIds,
  checkLossWeights,
  checkModelFiles,
  checkNothingToTrain,
  checkOptimizers,
  checkPairs,
  checkSplit,
  checkTeachingStudents,
  type Model,
  models,
} from './checks.ts'
import { checkConvention } from './conventionChecks.ts'
import { checkGivenFiles, checkTeachers } from './given/checks.ts'
import { givenTeachers } from './given/read.ts'
import { type Grid, gridSize, tooManyTrials } from './grid.ts'
import { modelFiles } from './keras/read.ts'
import { checkMixup } from './mixupChecks.ts'
import { checkPlacement } from './placementChecks.ts'
import { checkPublished } from './publishedChecks.ts'
import { type Files, resolveExperiment } from './resolve.ts'
import { checkSameBaselines, checkSameModels } from './sameModels.ts'
import { experimentSchema, fill, isRecord } from './schema.ts'
import { parseSource, readText, type Source } from './source.ts'
import { checkTokenizers } from './tokenizerChecks.ts'
import { tokenizerFiles } from './tokenizerFiles.ts'
import { checkCorrectBias, checkTeachersViews } from './transferChecks.ts'
import { type Violation, violations } from './validate.ts'
import { listOf, type Written } from './written.ts'

export interface ReadExperiment {
  file: string
  /** As it is written. */
  source: Experiment
  experiment: Resolved<Experiment>
  /** Line and column, from 1, of a part; of what holds it where it is a default that is not written. */
  locate(path: Path): { line: number; column: number }
  /** A problem that was found later, at its place in the file. */
  problem: Source['problem']
}

/** Throws InputError with everything that is wrong with the file. */
export function readExperiment(file: string): ReadExperiment {
  return parseExperiment(readText(file), file)
}

/**
 * @param text an experiment as JSON
 * @param file its name, for messages; the paths of datasets and models are relative to it
 */
export function parseExperiment(text: string, file: string): ReadExperiment {
  const source = parseSource(file, text)
  const ofSchema = violations(experimentSchema, source.value)
  const folder = dirname(file)
  const files: Files = {
    readModel: modelFiles(folder),
    readGiven: givenTeachers(folder),
    readTokenizer: tokenizerFiles(folder),
  }
  const written = isRecord(source.value) ? writtenParts(source.value, ofSchema, files) : undefined
  const ofFiles = written ? [checkModelFiles(written), checkGivenFiles(written)] : []
  const found = [...ofSchema, ...ofFiles.flatMap((each) => each.found), ...(written ? check(written) : [])]
  const told = new Set(source.problems.map(({ path }) => path))
  const problems = [
    ...source.problems,
    ...found
      .map(({ path, at, ...what }) => source.problem(path, what, at))
      // What was left out of the value is told of already.
      .filter((problem) => problem.found !== 'nothing' || !told.has(problem.path)),
  ]
  const inside = ofFiles.flatMap((each) => each.problems)
  if (problems.length + inside.length > 0) throw new InputError([...inOrder(problems), ...inside])
  const experiment = source.value as Experiment
  return {
    file,
    source: experiment,
    experiment: resolveExperiment(experiment, file, files),
    locate: source.locate,
    problem: source.problem,
  }
}

function writtenParts(value: Record<string, unknown>, ofSchema: Violation[], files: Files): Written {
  const wrong = new Set(
    ofSchema.flatMap(({ path }) => [[], ...path.map((_, last) => path.slice(0, last + 1))].map(showPath)),
  )
  return { value, fits: (path: Path) => !wrong.has(showPath(path)), files }
}

function check(written: Written): Violation[] {
  const all = models(written)
  const { axes, found } = checkAxes(written)
  const pairs = [...checkPairs(written), ...checkTeachingStudents(written)]
  return [
    ...checkIds(written),
    ...checkTeachers(written),
    ...pairs,
    ...checkPublished(written),
    ...checkNothingToTrain(written),
    ...checkBaselines(written, all),
    ...checkLossWeights(written),
    ...checkConvention(written),
    ...checkSplit(written),
    ...checkTokenizers(written),
    ...checkBatchSizes(written, all),
    ...checkOptimizers(written, all),
    ...checkCorrectBias(written, all),
    ...checkTeachersViews(written),
    ...checkMixup(written, all, axes),
    ...checkPlacement(written),
    ...found,
    ...checkSameModels(all, axes),
    ...checkSameBaselines(written, all, axes),
    // Where it is not clear who teaches whom, there is nothing to count.
    ...(pairs.length === 0 ? checkGrid(written.value, all, axes) : []),
  ]
}

/** Counts the parts that fit, so that a large grid is told of beside other problems. */
function checkGrid(value: Record<string, unknown>, all: Model[], axes: Axis[]): Violation[] {
  const filled = fill(experimentSchema, value) as Record<string, unknown>
  const maximum = isRecord(filled.execution) ? filled.execution.maximumTrials : undefined
  if (typeof maximum !== 'number') return []
  const grid = {
    teachers: listOf(filled.teachers).filter(isRecord),
    students: all.filter(({ kind }) => kind === 'students').map(({ resolved }) => resolved),
    pairs: Array.isArray(filled.pairs) ? filled.pairs.filter(isRecord) : 'all',
    baselines: listOf(filled.baselines),
    objective: filled.objective,
    temperatures: listOf(filled.temperatures),
    lossWeights: listOf(filled.lossWeights),
    seeds: listOf(filled.seeds),
  } as unknown as Grid
  const problem = tooManyTrials(gridSize(grid, axes), maximum)
  return problem === undefined ? [] : [{ path: ['execution', 'maximumTrials'], at: 'value', ...problem }]
}

/** By place in the file, each once. */
function inOrder(problems: Problem[]): Problem[] {
  const once = new Map(problems.map((problem) => [`${problem.path}\n${problem.message}`, problem]))
  return [...once.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
}
