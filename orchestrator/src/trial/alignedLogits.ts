// The logits of a teacher that reads its students' text by a tokenizer of its own, at the positions of theirs that it
// has something to say of, each row the largest first: nobody compares its classes by name, and what is sorted once need
// not be in every step. The artifact holds these rows in the order of the training file's positions, [aligned, the
// teacher's classes] in float16, then a byte for each position, 1 for those that have a row, then the footer of logits.ts.
import type { Artifact, ArtifactHash, LogitsArtifact } from '@retort/schema/trial'
import type { Data } from '../data/data.ts'
import type { Alignment } from '../data/retokenized.ts'
import { writeArtifact } from './artifacts.ts'
import { toHalves } from './halves.ts'
import { footerOf, logitsKey } from './logits.ts'
import type { Predictor } from './predictor.ts'

/**
 * Runs the teacher over its window for each of the students' windows, and stores the logits that they learn from: they
 * take 2 bytes for each of its classes and aligned position, and never more than a batch of them is whole in memory.
 * @param teacher whose windows have `length` tokens and who tells `classes` apart
 * @param data the students'
 */
export async function computeAligned(
  folder: string,
  { predict, predictBatch }: Pick<Predictor, 'predict' | 'predictBatch'>,
  { inputShape: [length], classes }: Pick<Data, 'inputShape' | 'classes'>,
  { inputs, partners, aligned }: Alignment,
  data: Data,
  weights: ArtifactHash,
  between: () => void,
): Promise<{ artifact: Artifact; logits: LogitsArtifact }> {
  const start = performance.now()
  const windows = data.trainFileSamples
  const positions = partners.length / windows
  const table = new Uint16Array(aligned * classes)
  const images = new Int32Array(predictBatch * length!)
  let row = 0
  for (let first = 0; first < windows; first += predictBatch) {
    images.fill(0)
    images.set(inputs.subarray(first * length!, (first + predictBatch) * length!))
    const logits = (await predict.run({ images })).logits!
    for (let window = first; window < Math.min(first + predictBatch, windows); window++) {
      for (let at = window * positions; at < (window + 1) * positions; at++) {
        const partner = partners[at] as number
        if (partner < 0) continue
        const from = ((window - first) * length! + partner) * classes
        const sorted = logits
          .subarray(from, from + classes)
          .toSorted()
          .reverse()
        table.set(toHalves(sorted as Float32Array), row * classes)
        row++
      }
    }
    between()
  }
  const mask = Uint8Array.from(partners, (partner) => (partner < 0 ? 0 : 1))
  const artifact = await writeArtifact(folder, 'logits', Buffer.from(table.buffer), mask, ...footerOf(weights, data))
  return {
    artifact,
    logits: {
      key: logitsKey(weights, data, { classes, aligned }),
      artifact: artifact.hash,
      trainSamples: windows,
      testSamples: 0,
      classes,
      aligned,
      seconds: (performance.now() - start) / 1000,
    },
  }
}
