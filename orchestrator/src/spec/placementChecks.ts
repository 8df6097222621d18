// An engine on a device that it has nowhere, which is a slip in the file; what is only missing on this machine is not.
import type { Experiment } from '@retort/schema/experiment'
import { alternatives, showValue } from '../errors/problem.ts'
import type { Violation } from './validate.ts'
import { violation, type Written } from './written.ts'

type Device = Exclude<NonNullable<Experiment['device']>, 'auto'>

const devicesOf: Record<Exclude<NonNullable<Experiment['engine']>, 'auto'>, Device[]> = {
  onnx: ['cpu', 'webgpu', 'cuda'],
  tensorflow: ['cpu', 'cuda'],
}

export function checkPlacement({ value, fits }: Written): Violation[] {
  const { engine = 'auto', device = 'auto' } = value as Partial<Experiment>
  if (!fits(['engine']) || !fits(['device']) || engine === 'auto' || device === 'auto') return []
  const has = devicesOf[engine]
  if (has.includes(device)) return []
  const named = alternatives(['auto', ...has].map(showValue))
  return [violation(['device'], `${named}: engine ${showValue(engine)} has no other devices`, showValue(device))]
}
