// Names for slips.
import { nearest } from '@retort/orchestrator/errors/nearest'
import { showPath, showValue } from '@retort/orchestrator/errors/problem'
import { expect, it } from 'vitest'

const names = ['learningRate', 'momentum', 'weightDecay', 'width']

it.each([
  ['learnigRate', 'learningRate'],
  ['learning_rate', 'learningRate'],
  ['LEARNING-RATE', 'learningRate'],
  ['weight', undefined],
  ['wdth', 'width'],
  ['depth', undefined],
  ['momenta', 'momentum'],
  ['', undefined],
])('%j is meant to be %j', (slip, name) => {
  expect(nearest(slip, names)).toBe(name)
})

it('does not make a CPU of a GPU', () => {
  expect(nearest('gpu', ['cpu', 'cuda'])).toBeUndefined()
})

it('has no name among none', () => {
  expect(nearest('width', [])).toBeUndefined()
})

it('shows paths as people write them', () => {
  expect(showPath([])).toBe('')
  expect(showPath(['students', 2, 'architecture', 'hidden', 0])).toBe('students[2].architecture.hidden[0]')
  expect(showPath(['sweep', 'training.epochs', 'values'])).toBe('sweep["training.epochs"].values')
  expect(showPath(['a\u001b[31m"'])).toBe('["a\\u001b[31m\\""]')
})

it('shows values in a line, without what a terminal obeys', () => {
  expect(showValue('a\u009b31m\n')).toBe('"a\\u009b31m\\n"')
  expect(showValue(Array.from({ length: 100 }, () => 1))).toHaveLength(80)
  expect(showValue(undefined)).toBe('nothing')
})
