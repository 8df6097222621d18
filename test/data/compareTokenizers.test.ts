// Two tokenizers next to each other: what differs is told, with both ids, and nothing else is.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareTokenizers } from '../../orchestrator/src/data/text/compareTokenizers.ts'
import { wordsTokenizer } from '../../orchestrator/src/data/text/words.ts'

const base = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [{ id: 3, content: '<s>', special: true, lstrip: false, normalized: false }],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
  post_processor: null,
  decoder: { type: 'ByteLevel' },
  model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'], unk_token: null },
}
type Changes = Partial<Record<keyof typeof base, unknown>>
const compared = (theirs: Changes, ours: Changes = {}) =>
  compareTokenizers({ ...base, ...theirs }, { ...base, ...ours })
const model = (changes: object) => ({ model: { ...base.model, ...changes } })

describe('the same ids', () => {
  it.each<[string, Changes]>([
    ['the file itself', {}],
    ['another order', { model: { vocab: { ab: 2, a: 0, b: 1 }, unk_token: null, merges: ['a b'], type: 'BPE' } }],
    ['pairs as newer files write them', model({ merges: [['a', 'b']] })],
    ['what is null left out', { ...model({ unk_token: undefined }), post_processor: undefined }],
    ['what is false left out', { added_tokens: [{ id: 3, content: '<s>', special: true }] }],
    ['how ids become text', { decoder: null }],
    ['its own truncation', { truncation: { max_length: 5 } }],
  ])('%s', (_, changes) => {
    expect(compared(changes)).toEqual([])
    expect(compared({}, changes)).toEqual([])
  })
})

describe('other ids:', () => {
  it.each<[string, Changes, string[]]>([
    [
      'a token of another id',
      model({ vocab: { a: 1, b: 0, ab: 2 } }),
      ['token "a" is 1 there and 0 here', 'token "b" is 0 there and 1 here'],
    ],
    [
      'a token that only one has',
      model({ vocab: { a: 0, ab: 2, c: 9 } }),
      ['token "b" is none there and 1 here', 'token "c" is 9 there and none here'],
    ],
    [
      'an added token of another id',
      { added_tokens: [{ ...base.added_tokens[0], id: 4 }] },
      ['token "<s>" is 4 there and 3 here'],
    ],
    [
      'an added token that is found differently',
      { added_tokens: [{ ...base.added_tokens[0], lstrip: true }] },
      ['the added token "<s>" is {"special":true,"lstrip":true} there and {"special":true} here'],
    ],
    ['another order of merges', model({ merges: ['b a', 'a b'] }), ['model.merges[0] is "b a" there and "a b" here']],
    ['another kind', model({ type: 'WordPiece' }), ['model.type is "WordPiece" there and "BPE" here']],
    ['another unknown token', model({ unk_token: 'a' }), ['model.unk_token is "a" there and null here']],
    ['no lower case', { normalizer: null }, ['normalizer is null there and {"type":"Lowercase"} here']],
    [
      'other cuts',
      { pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } },
      [
        'pre_tokenizer is {"type":"ByteLevel","add_prefix_space":true} there and {"type":"ByteLevel","add_prefix_space":false} here',
      ],
    ],
    ['another padding', { padding: { pad_id: 1 } }, ['the padding’s id is 1 there and null here']],
  ])('%s', (_, changes, differences) => {
    expect(compared(changes)).toEqual(differences)
  })

  it('of a Unigram model by their places, and its scores', () => {
    const unigram = (...vocab: [string, number][]) => ({ model: { type: 'Unigram', unk_id: 0, vocab } })
    const ours = unigram(['<unk>', 0], ['a', -1], ['b', -2])
    expect(compared(ours, ours)).toEqual([])
    expect(compared(unigram(['<unk>', 0], ['b', -2], ['a', -1]), ours)).toEqual([
      'token "a" is 2 there and 1 here',
      'token "b" is 1 there and 2 here',
      'model.scores[1] is -2 there and -1 here',
    ])
  })

  it('of two words that changed places: exactly these, whichever they are', () => {
    const words = fc.uniqueArray(fc.string({ unit: fc.constantFrom(...'abcdefgh'), minLength: 1, maxLength: 5 }), {
      minLength: 3,
      maxLength: 30,
    })
    fc.assert(
      fc.property(words, fc.nat(), fc.nat(), (drawn, one, other) => {
        const tokenizer = JSON.parse(wordsTokenizer([drawn.join(' ')], 100, 100)) as typeof base
        const [first, second] = [drawn[one % drawn.length]!, drawn[other % drawn.length]!]
        const vocab = tokenizer.model.vocab as Record<string, number>
        const [here, swapped] = [vocab, { ...vocab, [first]: vocab[second], [second]: vocab[first] }]
        const differences = compareTokenizers(
          { ...tokenizer, model: { ...tokenizer.model, vocab: swapped } },
          tokenizer,
        )
        const told = [first, second].sort((a, b) => here[a]! - here[b]!)
        expect(differences).toEqual(
          first === second
            ? []
            : told.map((word) => `token "${word}" is ${swapped[word]} there and ${here[word]} here`),
        )
      }),
    )
  })

  it('many: the first, and how many', () => {
    const vocab = (from: number) => Object.fromEntries(Array.from({ length: 20 }, (_, id) => [`w${id}`, id + from]))
    expect(compared(model({ vocab: vocab(1) }), model({ vocab: vocab(0) }))).toEqual([
      'token "w0" is 1 there and 0 here',
      'token "w1" is 2 there and 1 here',
      'token "w2" is 3 there and 2 here',
      '17 more of 21 tokens differ',
    ])
  })
})
