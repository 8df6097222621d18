// Whether the tokenizers that a data set and its teachers name can be read, and may be named there.
import { type Path, showValue } from '../errors/problem.ts'
import { isRecord } from './schema.ts'
import type { Violation } from './validate.ts'
import { listOf, violation, type Written } from './written.ts'

export function checkTokenizers(written: Written): Violation[] {
  const { value } = written
  const places = [['dataset'], ...listOf(value.teachers).map((_, index) => ['teachers', index])]
  return places.flatMap((place) => {
    const [kind, index] = place
    const owner = index === undefined ? value[kind as string] : listOf(value.teachers)[index as number]
    return isRecord(owner) ? checkTokenizer(written, owner.tokenizer, [...place, 'tokenizer']) : []
  })
}

function checkTokenizer({ value, fits, files }: Written, tokenizer: unknown, place: Path): Violation[] {
  if (tokenizer === undefined) return []
  const type = isRecord(value.dataset) && fits(['dataset', 'type']) ? value.dataset.type : undefined
  if (place[0] === 'teachers' && typeof type === 'string' && type !== 'next-token') {
    const message = `only a teacher of a "next-token" data set may read by a tokenizer of its own, and this is ${showValue(type)}`
    return [violation(place, 'nothing', showValue(tokenizer), { at: 'name', message })]
  }
  if (!isRecord(tokenizer) || typeof tokenizer.file !== 'string' || !fits([...place, 'file'])) return []
  const read = files.readTokenizer(tokenizer.file)
  if (!('missing' in read)) return []
  const found = `${showValue(tokenizer.file)}: ${read.missing}`
  return [violation([...place, 'file'], 'a tokenizer.json that can be read', found)]
}
