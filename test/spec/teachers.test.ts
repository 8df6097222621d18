// What is wrong with teachers that are not trained here, told before anything is run.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatProblem, InputError } from '@retort/orchestrator/errors/problem'
import { trialId } from '@retort/orchestrator/plan/identity'
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import { needsOf } from '@retort/orchestrator/plan/needs'
import { parseExperiment } from '@retort/orchestrator/spec/read'
import { describe, expect, it, onTestFinished } from 'vitest'
import { architecture, files } from '../zoo/topologies/trained.ts'
import { experimentWith } from './complaints.ts'

/** A folder with files, deleted after the test. */
function folderWith(contents: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'retort teachers-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content)
  return folder
}

const read = (folder: string, teachers: unknown[], changes: Record<string, unknown> = {}) =>
  parseExperiment(experimentWith({ teachers, ...changes }), join(folder, 'x.json'))

/** Each problem without the folder. */
function complaints(folder: string, teachers: unknown[], changes: Record<string, unknown> = {}): string[] {
  try {
    read(folder, teachers, changes)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.problems.map((problem) => formatProblem(problem).replace(`${folder}/`, ''))
  }
  return []
}

const withoutPlace = (lines: string[]) => lines.map((line) => line.replace(/^x\.json:\d+:\d+ {2}/, ''))

describe('a teacher', () => {
  it('is one thing, and only what is trained here has training and a seed', () => {
    const onnx = { file: 'a.onnx' }
    const teachers = [
      { id: 'none' },
      { id: 'two', onnx, architecture },
      { id: 'trained', onnx, seed: 3, training: { epochs: 2 } },
      { id: 'odd', onnx: { file: 'a.onnx', inputLayout: 'NCWH', gives: 'logit' } },
    ]
    expect(withoutPlace(complaints(folderWith({ 'a.onnx': 'a' }), teachers))).toEqual([
      'teachers[0].architecture: missing; expected one of "architecture", "tfjs", "onnx", "logits" or "ensemble"',
      'teachers[1]: expected one of "architecture", "tfjs", "onnx", "logits" or "ensemble", got "architecture" and "onnx"',
      'teachers[2].seed: a teacher with "onnx" is not trained here, so it has no "seed"',
      'teachers[2].training: a teacher with "onnx" is not trained here, so it has no "training"',
      'teachers[3].onnx.inputLayout: expected "NCHW" or "NHWC", got "NCWH"; did you mean "NCHW"?',
      'teachers[3].onnx.gives: expected "logits" or "probabilities", got "logit"; did you mean "logits"?',
    ])
  })

  it('of a text may have a tokenizer of its own, where it reads texts and is in no ensemble', () => {
    const words = { type: 'words' }
    const folder = folderWith({ 'a.onnx': 'a', 'book.txt': 'a', 'tokenizer.json': '{}' })
    const gpt = { type: 'causal-transformer' }
    const teachers = [
      { id: 'words', architecture: gpt, tokenizer: words },
      { id: 'file', architecture: gpt, tokenizer: { file: 'nowhere.json' } },
      { id: 'onnx', onnx: { file: 'a.onnx' }, tokenizer: words, length: 64 },
      { id: 'same', architecture: gpt },
      { id: 'both', ensemble: { of: ['words', 'same'] } },
      { id: 'logits', logits: { train: { file: 'a.onnx' } }, tokenizer: words },
      { id: 'long', architecture: { ...gpt, width: 8 }, length: 64 },
    ]
    const dataset = { type: 'next-token', text: 'book.txt' }
    expect(withoutPlace(complaints(folder, teachers, { dataset }))).toEqual([
      'teachers[1].tokenizer.file: expected a tokenizer.json that can be read, got "nowhere.json": no such file',
      'teachers[4].ensemble.of[0]: expected a teacher that reads the data set’s tokens, as a mean is over the same classes, got "words", which has a tokenizer of its own',
      'teachers[5].tokenizer: a teacher with "logits" reads no text, so it has no "tokenizer"',
      'teachers[6].length: a teacher with "architecture" reads the windows of the data set, so it has no "length"',
    ])
    expect(withoutPlace(complaints(folder, [{ id: 'words', architecture, tokenizer: words }]))).toEqual([
      'teachers[0].tokenizer: only a teacher of a "next-token" data set may read by a tokenizer of its own, and this is "mnist"',
    ])
  })

  it('of a text is known by what it reads, and by what its students do', () => {
    const folder = folderWith({ 'tokenizer.json': '{}', 'same.json': '{}', 'other.json': '{ }' })
    const idOf = (tokenizer: unknown, dataset: object = {}, length?: number) => {
      const own = { ...(tokenizer ? { tokenizer } : {}), ...(length ? { length } : {}) }
      const teachers = [{ id: 'big', architecture: { type: 'causal-transformer' }, ...own }]
      const { source, experiment } = read(folder, teachers, {
        dataset: { type: 'next-token', text: 'book.txt', ...dataset },
        objective: { type: 'uld' },
        students: [{ id: 'tiny', architecture: { type: 'causal-transformer' } }],
      })
      const { trials } = makePlan({ source, experiment })
      for (const { id, config } of trials) expect(id).toBe(trialId(config))
      const [teacher, ...students] = trials
      return { teacher: teacher!.id, students: students.map(({ config }) => config.dataset) }
    }
    const file = idOf({ file: 'tokenizer.json' })
    expect(idOf({ file: 'same.json' }).teacher).toBe(file.teacher)
    expect(idOf({ file: 'tokenizer.json' }, { length: 32 }).teacher).not.toBe(file.teacher)
    expect(idOf({ file: 'tokenizer.json' }, {}, 99).teacher).not.toBe(file.teacher)
    const others = [undefined, { file: 'other.json' }, { type: 'words' }, { type: 'words', size: 7 }].map((each) =>
      idOf(each),
    )
    expect(new Set([file, ...others].map(({ teacher }) => teacher)).size).toBe(5)
    expect(idOf({ type: 'words', size: 5000 }).teacher).toBe(others[2]!.teacher)
    // All students read the data set as it is.
    expect(
      new Set([file, ...others].flatMap(({ students }) => students.map((each) => JSON.stringify(each)))).size,
    ).toBe(1)
  })

  it('from files needs them all, each told of where it is named', () => {
    const teachers = [
      { id: 'a', onnx: { file: 'a.onnx' } },
      { id: 'b', tfjs: { file: 'b/model.json' } },
      { id: 'c', logits: { train: { file: 'c.npy', ids: { file: 'ids.npy' } }, test: { file: '.' } } },
    ]
    expect(withoutPlace(complaints(folderWith({}), teachers))).toEqual([
      'teachers[0].onnx.file: expected a file that can be read, got "a.onnx": no such file',
      'teachers[1].tfjs.file: expected a file that can be read, got "b/model.json": no such file',
      'teachers[2].logits.train.file: expected a file that can be read, got "c.npy": no such file',
      'teachers[2].logits.train.ids.file: expected a file that can be read, got "ids.npy": no such file',
      'teachers[2].logits.test.file: expected a file that can be read, got ".": a folder',
    ])
  })

  it('of several is made of others of the file, in no circle', () => {
    const big = { id: 'big', architecture }
    const teachers = [
      big,
      { id: 'a', ensemble: { of: ['big', 'bigg'], weights: [1] } },
      { id: 'b', ensemble: { of: ['big', 'c'] } },
      { id: 'c', ensemble: { of: ['b', 'big'], weights: [1, 0] } },
      { id: 'd', ensemble: { of: ['d', 'big'] } },
      { id: 'e', ensemble: { of: ['f', 'big'] } },
      { id: 'f', ensemble: { of: ['e', 'big'] } },
    ]
    expect(withoutPlace(complaints(folderWith({}), teachers))).toEqual([
      'teachers[1].ensemble.of[1]: expected the id of another teacher: "big", "b", "c", "d", "e" or "f", got "bigg"; did you mean "big"?',
      'teachers[1].ensemble.weights: expected at least 2 items, got [1]',
      'teachers[3].ensemble.of[0]: expected ensembles that are not made of each other, got "b" in "c" in "b"',
      'teachers[3].ensemble.weights[1]: expected a number above 0, got 0',
      'teachers[4].ensemble.of[0]: expected another teacher, got "d" itself',
      'teachers[6].ensemble.of[0]: expected ensembles that are not made of each other, got "e" in "f" in "e"',
    ])
  })
})

describe('the weights of a TensorFlow.js model', () => {
  const teachers = [{ id: 'big', tfjs: { file: 'model.json' } }]
  const { json, bytes } = files()
  const text = (value: unknown) => JSON.stringify(value, null, 1)
  const line = (written: string, part: string) => written.slice(0, written.indexOf(part)).split('\n').length

  it('are read where the manifest says', () => {
    expect(
      complaints(folderWith({ 'model.json': text(json), 'one.bin': bytes[0]!, 'two.bin': bytes[1]! }), teachers),
    ).toEqual([])
  })

  it('that are missing or cut short are told of at their place in model.json', () => {
    const written = text(json)
    expect(complaints(folderWith({ 'model.json': written, 'one.bin': bytes[0]! }), teachers)).toEqual([
      `model.json:${line(written, '"two.bin"')}:5  weightsManifest[0].paths[1]: expected a file of weights, got "two.bin": no such file`,
    ])
    const short = { 'model.json': written, 'one.bin': bytes[0]!, 'two.bin': bytes[1]!.subarray(4) }
    expect(complaints(folderWith(short), teachers)).toEqual([
      `model.json:${line(written, '"paths"')}:13  weightsManifest[0].paths: expected 31400 bytes for 2 weights, got 31396 bytes`,
    ])
  })

  it('must be described, and lie beside model.json', () => {
    const [group] = json.weightsManifest
    const odd = {
      ...json,
      weightsManifest: [{ ...group, paths: ['../one.bin'], weights: [{ name: 'w', shape: [2], dtype: 'string' }] }],
    }
    const found = complaints(folderWith({ 'model.json': text(odd) }), teachers).map((each) =>
      each.replace(/^\S+ +/, ''),
    )
    expect(found).toEqual([
      'weightsManifest[0].weights[0]: expected a weight with name, shape and a dtype of float32, int32 or bool, got {"name":"w","shape":[2],"dtype":"string"}',
      'weightsManifest[0].paths[0]: expected a file below the folder of model.json, got "../one.bin"',
    ])
    const { weightsManifest: _, ...none } = json
    expect(complaints(folderWith({ 'model.json': text(none) }), teachers)[0]).toContain(
      'weightsManifest: expected the list of weights that TensorFlow.js writes, got nothing',
    )
  })
})

describe('the identity of a teacher from files', () => {
  const contents = {
    'model.json': JSON.stringify(files().json),
    'one.bin': files().bytes[0]!,
    'two.bin': files().bytes[1]!,
  }
  const idOf = (folder: string, teacher: object, place = 0) =>
    makePlan(read(folder, [{ id: 'big', architecture }, teacher])).trials[place + 1]!

  it('is what the files say, wherever they lie, and how they are used', () => {
    const [one, other] = [folderWith(contents), folderWith(contents)]
    const tfjs = { id: 'x', tfjs: { file: 'model.json' } }
    const { id, config } = idOf(one, tfjs)
    expect(trialId(config)).toBe(id)
    expect(idOf(other, { ...tfjs, id: 'other' }).id).toBe(id)
    // Of a layers-model nothing else is true.
    expect(idOf(one, { id: 'x', tfjs: { file: 'model.json', gives: 'logits' } }).id).toBe(id)
    writeFileSync(join(other, 'two.bin'), Buffer.from(contents['two.bin']).fill(1))
    expect(idOf(other, tfjs).id).not.toBe(id)
    const normalisation = { mean: [0.5], deviation: [0.5] }
    expect(idOf(one, { id: 'x', tfjs: { file: 'model.json', normalisation } }).id).not.toBe(id)
    expect(
      idOf(one, { id: 'x', tfjs: { file: 'model.json', normalisation: { ...normalisation, scale: 255 } } }).id,
    ).toBe(idOf(one, { id: 'x', tfjs: { file: 'model.json', normalisation } }).id)
  })

  it('of an ensemble is that of its members’ trials, which come before it', () => {
    const folder = folderWith(contents)
    const of = (weights: number[], names = ['x', 'big']) => [
      { id: 'both', ensemble: { of: names, weights } },
      { id: names[0], tfjs: { file: 'model.json' } },
      { id: names[1], architecture },
    ]
    const { trials } = makePlan(read(folder, of([1, 2])))
    expect(trials.slice(0, 3).map(({ model }) => model)).toEqual(['x', 'big', 'both'])
    expect(needsOf(trials[2]!)).toEqual([trials[0]!.id, trials[1]!.id])
    expect(trials[2]!.id).toBe(makePlan(read(folder, of([2, 4], ['y', 'z']))).trials[2]!.id)
    expect(trials[2]!.id).not.toBe(makePlan(read(folder, of([2, 1]))).trials[2]!.id)
  })
})
