// Which engine was timed to be the fastest, and how people are told.
import type { Candidate, EngineTime, Timed } from '../executor/timeEngines.ts'

/** Of the whole sweep: so many steps are taken at a time. */
const pace = ({ milliseconds, atOnce }: Timed): number => milliseconds / atOnce

export const fastest = <Time extends Timed>(times: Time[]): Time | undefined =>
  times.toSorted((one, other) => pace(one) - pace(other))[0]

/** `onnx on cpu: 11.2 ms a step of cnn-8-16; tensorflow on cpu: 26.0 ms; taking onnx on cpu`. */
export function timesText(times: EngineTime[], chosen: Pick<Candidate, 'engine' | 'device'>, model: string): string {
  const [first] = times
  const alike = times.every(({ atOnce }) => atOnce === first!.atOnce)
  const parts = times.map((time, place) => {
    if (time.milliseconds === null) return `${nameOf(time)}: ${time.problem.split('\n', 1)[0]}`
    const what = place === 0 ? ` a step of ${model}` : ''
    return `${nameOf(time)}: ${shown(time.milliseconds)} ms${what}${alike ? '' : `, ${time.atOnce} at a time`}`
  })
  return `${parts.join('; ')}; taking ${nameOf(chosen)}`
}

/** A sentence where another was timed to be faster than the one that is asked for. */
export function slowNote(own: Timed, others: Timed[], model: string): string[] {
  const best = fastest(others)
  if (best === undefined || pace(best) >= pace(own)) return []
  return [`${timesText([best, own], own, model)}, as the file asks (timed before)`]
}

const shown = (milliseconds: number): string => milliseconds.toFixed(milliseconds < 100 ? 1 : 0)

export const nameOf = ({ engine, device }: { engine: string; device: string }): string => `${engine} on ${device}`
