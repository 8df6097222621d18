// Where in a text its tokens begin, which Hugging Face's library does not tell: they are found in it again, one after
// the other. What a tokenizer makes of a text's letters is done to the text first, letter by letter.

/** How a tokenizer writes its tokens. */
export interface Spelling {
  /** Of a letter with its marks. */
  normalise(letter: string): string
  /** Whether a token consists of bytes, each written as a letter of its own, as GPT-2's do. */
  bytes: boolean
  /** What stands for a space. */
  space: string
  /** Whether spaces are parts of tokens; else they only part them. */
  spaced: boolean
  /** What tokens inside of a word begin with, and those at its end end with. */
  prefix: string
  suffix: string
  /** The token of what is unknown. */
  unknown: string | null
  /** Whether that is a whole word; else a letter, or several. */
  wholeWords: boolean
}

/** Letters that a token may be searched for in, where what stands before it is unknown. */
const reach = 256

/** Where tokens begin, as places of the text in UTF-16 units, ascending; -1 for those that begin inside of a letter. */
export function beginsOf(
  text: string,
  tokens: string[],
  spelling: Spelling,
  fail: (problem: string) => never,
): Int32Array {
  const { letters, places } = spelled(text, spelling)
  const begins = new Int32Array(tokens.length).fill(-1)
  let [at, last] = [0, -1]
  const isSpace = (unit: number) => /\s/.test(letters.charAt(unit)) || letters.charAt(unit) === spelling.space
  const behindSpaces = (unit: number): number => {
    let behind = unit
    while (behind < letters.length && isSpace(behind)) behind++
    return behind
  }
  for (const [index, token] of tokens.entries()) {
    const byte = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1]
    // Of a letter written as several bytes the first alone has a place.
    if (byte !== undefined && /^[89AB]/.test(byte)) continue
    const [start, length] =
      token === spelling.unknown || byte !== undefined
        ? unknownAt(letters, spelling.spaced || byte !== undefined ? at : behindSpaces(at), spelling.wholeWords)
        : found(token)
    // Such as a space that is set before the whole text.
    if (length === 0) continue
    if (start < 0) {
      const near = JSON.stringify(letters.slice(at, at + 20))
      fail(`where its tokens begin in a text cannot be told: token ${JSON.stringify(token)} is not at ${near}`)
    }
    const place = places[start] ?? -1
    if (place > last) {
      begins[index] = place
      last = place
    }
    at = start + length
  }
  return begins

  /** Where the next token stands, and its length. */
  function found(token: string): [number, number] {
    const inner =
      spelling.prefix !== '' && token.startsWith(spelling.prefix) ? token.slice(spelling.prefix.length) : token
    const whole =
      spelling.suffix !== '' && inner.endsWith(spelling.suffix) ? inner.slice(0, -spelling.suffix.length) : inner
    const bare = whole.startsWith(spelling.space) ? whole.slice(spelling.space.length) : whole
    for (const writing of [whole, token, bare]) {
      for (const start of [at, behindSpaces(at)]) if (letters.startsWith(writing, start)) return [start, writing.length]
    }
    const start = letters.slice(at, at + reach).indexOf(whole)
    return [start < 0 ? -1 : at + start, whole.length]
  }
}

/** A word, a mark or a letter that a tokenizer does not know. */
function unknownAt(letters: string, start: number, wholeWord: boolean): [number, number] {
  const word = wholeWord ? /^[^\s\p{P}\p{S}]+/u.exec(letters.slice(start, start + reach)) : null
  return [start, word?.[0].length ?? String.fromCodePoint(letters.codePointAt(start) ?? 0).length]
}

/** A text as tokens are written, and the place of each unit in the text; -1 for those that no letter begins with. */
function spelled(text: string, { normalise, bytes, space }: Spelling): { letters: string; places: Int32Array } {
  // Normalizers that put something before every text are asked once what that is.
  const before = normalise('a').replace(/a$/, '')
  const known = new Map<string, string[]>()
  const spell = (letter: string): string[] => {
    const whole = normalise(letter)
    const plain = before !== '' && whole.startsWith(before) ? whole.slice(before.length) : whole
    // What is left as it is has each of its marks at a place.
    const parts = plain === letter ? Array.from(letter) : [plain]
    return parts.map((part) => {
      if (bytes) return Array.from(Buffer.from(part), (value) => letterOfByte[value]!).join('')
      return part.replaceAll(' ', space)
    })
  }
  const written: string[] = []
  const places: number[] = []
  for (const { 0: letter, index } of text.matchAll(/\P{M}\p{M}*|\p{M}+/gsu)) {
    let parts = known.get(letter)
    if (parts === undefined) {
      parts = spell(letter)
      known.set(letter, parts)
    }
    let place = index
    for (const part of parts) {
      // Some set spaces around a letter.
      const first = /^\s*$/.test(part) ? 0 : part.search(/\S/)
      for (let unit = 0; unit < part.length; unit++) places.push(unit === first ? place : -1)
      written.push(part)
      place += parts.length === 1 ? letter.length : part.length
    }
  }
  return { letters: written.join(''), places: Int32Array.from(places) }
}

/** How GPT-2's tokenizer and those after it write bytes: what can be seen as itself, the others from U+0100 on. */
const letterOfByte: string[] = (() => {
  const seen = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173)
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(seen(byte) ? byte : next++))
})()
