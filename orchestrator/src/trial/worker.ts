// The worker of a trial's process: its default export answers requests, one at a time. What it keeps between them
// is only ever a saving of time.
import type {
  EvaluateRequest,
  EvaluateResult,
  LogitsRequest,
  LogitsResult,
  TrainGroupRequest,
  TrialEvent,
  TrialRequest,
  TrialResult,
} from '@retort/schema/messages'
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
import { openEngine, probe } from '../engine/open.ts'
import { type Channel, listen } from './channel.ts'
import { evaluateGiven } from './given/evaluate.ts'
import { inspect } from './inspect.ts'
import { profile } from './profile.ts'
import { runGroup } from './runGroup.ts'
import { runLogits } from './runLogits.ts'
import { runTrial } from './runTrial.ts'
import { timeGroup } from './timeGroup.ts'
import { timeStep } from './timeStep.ts'
import { openWorkshop } from './workshop.ts'

type Request =
  | TrialRequest
  | EvaluateRequest
  | TrainGroupRequest
  | LogitsRequest
  | TimeGroupRequest
  | TimeStepRequest
  | InspectRequest
  | ProbeRequest
  | ProfileRequest
type Answer =
  | TrialResult
  | EvaluateResult
  | TrialResult[]
  | LogitsResult
  | TimeGroupResult
  | TimeStepResult
  | InspectResult
  | ProbeResult
  | ProfileResult

const workshop = openWorkshop(openEngine)

/** @param line opens the line to whoever asks for trials; its process's where it is left out */
export default async function answer(request: Request, line: () => Channel = listen): Promise<Answer> {
  switch (request.task) {
    case 'train':
      return runTrial(request, line(), workshop)
    case 'train group': {
      const { emit, stopRequested } = line()
      const channelOf = (member: number) => ({
        emit: (event: TrialEvent) => emit({ type: 'member', member, event }),
        stopRequested: () => stopRequested(member),
      })
      return runGroup(request.requests, channelOf, workshop)
    }
    case 'evaluate':
      return evaluateGiven(request, line(), workshop)
    case 'logits':
      return runLogits(request, line(), workshop)
    case 'time group':
      return timeGroup(request, workshop)
    case 'time step':
      return timeStep(request, workshop)
    case 'inspect':
      return inspect(request, workshop)
    case 'profile':
      return profile(request, workshop)
    case 'probe':
      // Every engine is tried, and each takes the place of the one before.
      await workshop.close()
      return probe(request.engine)
  }
}
