// What is asked of a worker beside trials: small questions, which leave nothing in the store.
import type {
  InspectRequest,
  InspectResult,
  ProbeRequest,
  ProbeResult,
  ProfileRequest,
  ProfileResult,
  TimeGroupRequest,
  TimeGroupResult,
  TimeStepRequest,
  TimeStepResult,
} from '@retort/schema/questions'

export type Question = InspectRequest | ProbeRequest | ProfileRequest | TimeGroupRequest | TimeStepRequest

/** Rejects with an Error when the worker dies, hangs or throws. */
export interface Ask {
  (request: InspectRequest): Promise<InspectResult>
  (request: ProbeRequest): Promise<ProbeResult>
  (request: ProfileRequest): Promise<ProfileResult>
  (request: TimeGroupRequest): Promise<TimeGroupResult>
  (request: TimeStepRequest): Promise<TimeStepResult>
}
