import { expect, it } from 'vitest'
import { formatProblem } from '../../orchestrator/src/errors/problem.ts'
import { omittedClassProblems, topClassProblems } from '../../orchestrator/src/spec/classChecks.ts'
import { parseExperiment } from '../../orchestrator/src/spec/read.ts'

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
  expect(topClassProblems(read, 10).map(formatProblem)).toEqual([
    "x.json:6:114  sweep.objective.values[1][1].k: expected at most the data's 10 classes, got 11",
  ])
  expect(topClassProblems(read, 11)).toEqual([])
})
