// What configurations and downloads are called.
import { describe, expect, it } from 'vitest'
import { differing, downloadName, isArtifactKind, type Named, sentence } from '../../dashboard/view/names.ts'

const student: Named = {
  role: 'student',
  model: 'mlp-32',
  teacher: 'cnn',
  temperature: 4,
  hardWeight: 0.1,
  softWeight: 0.9,
  axes: { 'training.optimizer.learningRate': 0.0003 },
}
const baseline: Named = {
  ...student,
  role: 'baseline',
  teacher: null,
  temperature: null,
  hardWeight: null,
  softWeight: null,
  axes: {},
}

describe('names', () => {
  it('of several leave out what all of them share', () => {
    const all = [
      ['T = 1', 'objective jsd'],
      ['T = 1', 'objective dkd', 'epochs 3'],
    ]
    expect(differing(all)).toEqual([['objective jsd'], ['objective dkd', 'epochs 3']])
    expect(differing([['T = 1'], ['T = 1']])).toEqual([[], []])
    expect(differing([['T = 1']])).toEqual([['T = 1']])
    expect(differing([])).toEqual([])
  })

  it('tell a student by its teacher and settings', () => {
    expect(sentence(student).replaceAll('\u00a0', ' ')).toBe(
      'mlp-32 taught by cnn, T = 4, hard 0.1 / soft 0.9, learningRate 0.0003',
    )
    expect(sentence(baseline)).toBe('mlp-32 from scratch')
  })

  it('of downloads say what is inside and cannot leave their folder', () => {
    const trial = '1f2e3d4c'.padEnd(64, '0')
    expect(downloadName('mnist-quickstart', trial, student, 'onnx')).toBe('mnist-quickstart-mlp-32-T4-1f2e3d4c.onnx')
    expect(downloadName('s', trial, baseline, 'topology')).toBe('s-mlp-32-scratch-1f2e3d4c.topology.json')
    expect(downloadName('../s"\r\n', trial, baseline, 'weights')).not.toMatch(/[/"\r\n]/)
  })

  it('of kinds are those of the contract only', () => {
    expect(isArtifactKind('onnx')).toBe(true)
    expect(isArtifactKind('toString')).toBe(false)
    expect(isArtifactKind('../onnx')).toBe(false)
  })
})
