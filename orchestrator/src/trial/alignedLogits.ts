// The logits of a teacher that reads its students' text by a tokenizer of its own, at the positions of theirs that it
// has something to say of, each row the largest first: nobody compares its classes by name, and what is sorted once need
// not be in every step. The artifact holds these rows in the order of the training file's positions, [aligned, the
// teacher's classes] in float16, then a byte for each position, 1 for those that have a row, then the footer of logits.ts.
import type { Artifact, ArtifactHash, LogitsArtifact } from '@retort/schema/artifact'
import type { Data } from '../data/data.ts'
import type { Alignment } from '../data/retokenized.ts'
import { writeArtifact } from './artifacts.ts'
import type { Source } from './given/source.ts'
import { toHalves } from './halves.ts'
import { footerOf, logitsKey } from './logits.ts'
import { predictionBatch } from './workbench.ts'

/**
 * Runs the teacher over its window for each of the students' windows, and stores the logits that they learn from: they
 * take 2 bytes for each of its classes and aligned position, and never more than a batch of them is whole in memory.
 * @param own the teacher's data
 * @param data the students'
 */
export async function computeAligned(
  folder: string,
  teacher: Pick<Source, 'logits'>,
  own: Data,
  { inputs, partners, aligned }: Alignment,
  data: Data,
  weights: ArtifactHash,
  between: () => void,
): Promise<{ artifact: Artifact; logits: LogitsArtifact }> {
  const start = performance.now()
  const { classes } = own
  const length = own.inputShape[0]!
  const [windows, batch] = [data.trainFileSamples, predictionBatch(own)]
  const positions = partners.length / windows
  const table = new Uint16Array(aligned * classes)
  // Nobody asks for the classes of these windows.
  const labels = new Int32Array(inputs.length)
  let row = 0
  for (let first = 0; first < windows; first += batch) {
    const count = Math.min(batch, windows - first)
    const indices = Int32Array.from({ length: count }, (_, at) => first + at)
    const logits = (await teacher.logits('train', { inputs, labels, indices }, between)) as Float32Array
    for (let at = first * positions; at < (first + count) * positions; at++) {
      const partner = partners[at] as number
      if (partner < 0) continue
      const from = ((Math.floor(at / positions) - first) * length + partner) * classes
      const sorted = logits
        .subarray(from, from + classes)
        .toSorted()
        .reverse()
      table.set(toHalves(sorted), row * classes)
      row++
    }
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
