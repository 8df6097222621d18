// Whether an augmentation blends samples.
import type { MixupStep } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import type { ResolvedAugmentation } from '@retort/schema/trial'

/** The step, which is the last one; null without it. */
export function mixupOf(augmentation: Pick<ResolvedAugmentation, 'steps'> | 'none' | null): Resolved<MixupStep> | null {
  if (augmentation === 'none' || augmentation === null) return null
  const last = augmentation.steps.at(-1)
  return last?.type === 'mixup' ? last : null
}
