// Groups of trial statuses, as people ask for them.
import type { TrialStatus } from '@retort/schema/database'
import type { StatusGroup } from '../view/sweepQuery.ts'

export const statusesOf: { [Group in StatusGroup]: TrialStatus[] } = {
  done: ['done'],
  running: ['running'],
  pending: ['pending'],
  stopped: ['stopped early'],
  failed: ['diverged', 'failed', 'crashed', 'timed out', 'out of memory', 'skipped'],
}
