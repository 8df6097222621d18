import { expect, it } from 'vitest'
import { formatProblem } from '../../orchestrator/src/errors/problem.ts'
import { objectiveClassProblems, omittedClassProblems } from '../../orchestrator/src/spec/classChecks.ts'
import { parseExperiment } from '../../orchestrator/src/spec/read.ts'
import { tooFewSamples } from '../../orchestrator/src/spec/tooFewSamples.ts'

it('classes to leave out that the data does not have are told where they are written', () => {
  const text = `{
  "name": "small",
  "dataset": { "type": "mnist" },
  "teachers": [{ "id": "big", "architecture": { "type": "mlp", "hidden": [8] }, "training": { "omitClasses": [] } }],
  "students": [{ "id": "tiny", "architecture": { "type": "mlp", "hidden": [8] }, "training": { "omitClasses": [9, 10] } }],
  "training": { "omitClasses": [11] },
  "sweep": { "training.omitClasses": { "values": [[], [3, 12]] } },
  "published": [{ "teacher": "big", "class": 10, "testAccuracy": 0.5, "source": "a" }]
}`
  const read = parseExperiment(text, 'x.json')
  expect(omittedClassProblems(read, 10).map(formatProblem)).toEqual([
    'x.json:6:33  training.omitClasses[0]: expected a class of the data, from 0 to 9, got 11',
    'x.json:5:115  students[0].training.omitClasses[1]: expected a class of the data, from 0 to 9, got 10',
    'x.json:7:59  sweep["training.omitClasses"].values[1][1]: expected a class of the data, from 0 to 9, got 12',
    'x.json:8:46  published[0].class: expected a class of the data, from 0 to 9, got 10',
  ])
  expect(omittedClassProblems(read, 13)).toEqual([])
  expect(read.experiment.students[0]!.training.omitClasses).toEqual([9, 10])
  expect(read.experiment.teachers[0]).toMatchObject({ training: { omitClasses: [] } })
})

it('no class can be left out where each position has one of its own', () => {
  const text = `{
  "name": "small",
  "dataset": { "type": "next-token", "text": "book.txt", "length": 8 },
  "teachers": [{ "id": "big", "architecture": { "type": "causal-transformer" } }],
  "students": [{ "id": "tiny", "architecture": { "type": "lstm" }, "training": { "omitClasses": [] } }],
  "training": { "omitClasses": [3] },
  "sweep": { "training.omitClasses": { "values": [[], [1, 2]] } }
}`
  const expected = 'expected [], as each position of a sample has a class of its own'
  expect(omittedClassProblems(parseExperiment(text, 'x.json'), 84).map(formatProblem)).toEqual([
    `x.json:6:32  training.omitClasses: ${expected}, got [3]`,
    `x.json:7:55  sweep["training.omitClasses"].values[1]: ${expected}, got [1,2]`,
  ])
})

it('an objective that tells more classes apart than the data has is told where it is written', () => {
  const text = `{
  "name": "small",
  "dataset": { "type": "mnist" },
  "teachers": [{ "id": "big", "architecture": { "type": "mlp", "hidden": [8] } }],
  "students": [{ "id": "tiny", "architecture": { "type": "mlp", "hidden": [8] } }],
  "sweep": { "objective": { "values": [{ "type": "top-k", "k": 10 }, [{ "type": "dkd" }, { "type": "top-k", "k": 11 }]] } }
}`
  const read = parseExperiment(text, 'x.json')
  expect(objectiveClassProblems(read, 10).map(formatProblem)).toEqual([
    "x.json:6:114  sweep.objective.values[1][1].k: expected at most the data's 10 classes, got 11",
  ])
  expect(objectiveClassProblems(read, 11)).toEqual([])
})

it('classes to leave out that leave no batch are told where they are written, and batches that are larger than the data', () => {
  const text = `{
  "name": "small",
  "dataset": { "type": "csv", "train": "x.csv", "label": "y" },
  "teachers": [{ "id": "big", "architecture": { "type": "mlp", "hidden": [8] }, "training": { "omitClasses": [] } }],
  "students": [
    { "id": "one", "architecture": { "type": "mlp", "hidden": [4] }, "training": { "batchSize": 16 } },
    { "id": "two", "architecture": { "type": "mlp", "hidden": [8] } }
  ],
  "training": { "batchSize": 32 },
  "sweep": { "training.omitClasses": { "values": [[], [0], [0, 1], [0, 1, 2]] } }
}`
  const found = tooFewSamples(parseExperiment(text, 'x.json'), { trainSamples: 60, trainSamplesByClass: [20, 20, 20] })
  expect(found.map(formatProblem)).toEqual([
    'x.json:10:68  sweep["training.omitClasses"].values[3]: expected classes that leave a batch, 16 samples, to train on, got [0,1,2], which leaves 0 of 60',
    'x.json:10:60  sweep["training.omitClasses"].values[2]: expected classes that leave a batch, 32 samples, to train on, got [0,1], which leaves 20 of 60',
    'x.json:10:68  sweep["training.omitClasses"].values[3]: expected classes that leave a batch, 32 samples, to train on, got [0,1,2], which leaves 0 of 60',
  ])
  const few = tooFewSamples(parseExperiment(text, 'x.json'), { trainSamples: 20, trainSamplesByClass: null })
  expect(few.map(formatProblem)).toEqual([
    'x.json:9:30  training.batchSize: expected at most 20, the samples that are trained on, got 32',
  ])
})
