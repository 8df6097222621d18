// Rows of the views for a sweep that is written as a table of accuracies.
import type { Configuration, Replicate } from '@retort/schema/comparison/compare'

/** Validation accuracies by seed, from 1; null for a replicate that is not done. */
export type Accuracies = Record<
  string,
  { baseline: string | null; of: (number | null)[]; distilled?: boolean; model?: string }
>

export function sweepOf(sweep: Accuracies): [Configuration[], Replicate[]] {
  const configurations = Object.entries(sweep).map(
    ([configuration, { baseline, of, distilled, model }]): Configuration => ({
      configuration,
      role: (distilled ?? baseline !== null) ? 'student' : 'baseline',
      model: model ?? configuration.split(' ')[0]!,
      planned: of.length,
      parameters: 10,
    }),
  )
  const replicates = Object.entries(sweep).flatMap(([configuration, { baseline, of }]) =>
    of.map(
      (validationAccuracy, index): Replicate => ({
        trial: `${configuration} ${index + 1}`,
        configuration,
        seed: index + 1,
        baselineTrial: baseline === null ? null : `${baseline} ${index + 1}`,
        validationAccuracy,
        testAccuracy: validationAccuracy === null ? null : validationAccuracy - 0.001,
      }),
    ),
  )
  return [configurations, replicates]
}
