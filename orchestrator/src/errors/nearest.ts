// The valid name that a misspelt one most likely stands for.
import { distance } from 'fastest-levenshtein'

/** The candidate fewest edits away, or undefined where all are too different to be what was meant. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const plain = simplify(name)
  let best: { candidate: string; edits: number } | undefined
  for (const candidate of candidates) {
    const other = simplify(candidate)
    // Letters in another order are one slip, though two edits.
    const edits = sorted(plain) === sorted(other) ? 0.5 : distance(plain, other)
    // Under a third of the letters: `lerningRate` is a slip, `gpu` for `cpu` is not.
    if (edits < Math.max(plain.length, other.length) / 3 && (best === undefined || edits < best.edits)) {
      best = { candidate, edits }
    }
  }
  return best?.candidate
}

/** `learning_rate`, `learning-rate` and `LearningRate` are the same slip of `learningRate`. */
function simplify(name: string): string {
  return name.toLowerCase().replace(/[_\- ]/g, '')
}

const sorted = (name: string): string => [...name].sort().join('')
