// The same written twice in two forms is a slip: it is refused where it stands the second time.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { complaints, experimentWith } from './complaints.ts'

const mlp = (...hidden: number[]) => ({ type: 'mlp', hidden })
const student = (id: string, training: object = {}) => ({ id, architecture: mlp(32), training })
const axis = (path: string, ...values: unknown[]) => ({ sweep: { [path]: { values } } })

describe('the same in two forms', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    [
      'a course with its default',
      { temperatures: [{ from: 8, to: 1 }, 4, { to: 1, from: 8, shape: 'linear' }] },
      [
        '6:38  temperatures[2]: expected each item once, got {"to":1,"from":8,"shape":"linear"}, the same as item 0, {"from":8,"to":1}',
      ],
    ],
    [
      'a course that goes nowhere',
      { temperatures: [8, { from: 8, to: 8, shape: 'cosine' }] },
      ['6:20  temperatures[1]: expected each item once, got {"from":8,"to":8,"shape":"cosine"}, the same as item 0, 8'],
    ],
    [
      'loss weights',
      {
        lossWeights: [
          { hard: 1, soft: { from: 1, to: 0 } },
          { hard: { from: 1, to: 1 }, soft: { from: 1, to: 0, shape: 'linear' } },
        ],
      },
      [expect.stringMatching(/^6:\d+ {2}lossWeights\[1\]: expected each item once, got .*, the same as item 0, /)],
    ],
    [
      'weights that stay at zero',
      { lossWeights: [{ hard: 0, soft: { from: 0, to: 0 } }] },
      ['6:17  lossWeights[0]: expected a weight above 0, got two zeros: a loss that is always 0'],
    ],
    [
      'an objective of a list',
      { objective: [{ type: 'dist' }, { type: 'dist', weight: 1 }] },
      [
        '6:31  objective[1]: expected each item once, got {"type":"dist","weight":1}, the same as item 0, {"type":"dist"}',
      ],
    ],
    [
      'an objective and the list of it alone',
      axis('objective', { type: 'soft-targets' }, [{ type: 'soft-targets', weight: { from: 1, to: 1 } }]),
      [
        '6:58  sweep.objective.values[1]: expected each value once, got [{"type":"soft-targets","weight":{"from":1,"to":1}}], the same as item 0, {"type":"soft-targets"}',
      ],
    ],
    [
      'classes in another order',
      axis('training.omitClasses', [1, 2], [], [2, 1]),
      ['6:54  sweep["training.omitClasses"].values[2]: expected each value once, got [2,1], the same as item 0, [1,2]'],
    ],
    [
      'milestones in another order',
      axis('training.schedule', { type: 'step', milestones: [2, 1] }, { type: 'step', milestones: [1, 2] }),
      [expect.stringContaining('sweep["training.schedule"].values[1]: expected each value once, got ')],
    ],
    [
      'a baseline with its default',
      { baselines: [{ type: 'tf-kd' }, { type: 'tf-kd', temperature: 20 }] },
      [
        '6:32  baselines[1]: expected each item once, got {"type":"tf-kd","temperature":20}, the same as item 0, {"type":"tf-kd"}',
      ],
    ],
    [
      'a student under two ids',
      { students: [student('a', { omitClasses: [1, 2] }), student('b', { omitClasses: [2, 1] })] },
      ['5:102  students[1]: the same model under two names, "b" and "a": their architecture and training are equal'],
    ],
    [
      'the baseline of two students',
      {
        students: [student('a'), student('b', { labelLoss: { type: 'tf-kd' } }), student('c', { epochs: 2 })],
        baselines: ['scratch', 'label-smoothing'],
      },
      [
        '6:25  baselines[1]: the same baseline of "b" and "a": they differ in their label loss alone, and "label-smoothing" sets it',
      ],
    ],
  ])('is refused: %s', (_, changes, expected) => {
    expect(complaints(experimentWith(changes))).toEqual(expected)
  })

  it('is refused of teachers that read a text by the same tokenizer', () => {
    const folder = mkdtempSync(join(tmpdir(), 'retort twice '))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const onnx = join(folder, 'model.onnx')
    writeFileSync(onnx, 'anything')
    const teachers = [{}, { size: 5000 }].map((settings, index) => ({
      id: `t${index}`,
      onnx: { file: onnx },
      tokenizer: { type: 'words', ...settings },
    }))
    const dataset = { type: 'next-token', text: 'x.txt', length: 8, tokenizer: { type: 'words', size: 9 } }
    const found = complaints(experimentWith({ dataset, teachers }))
    expect(found.filter((each) => each.includes('the same teacher under two names, "t1" and "t0"'))).toHaveLength(1)
  })
})
