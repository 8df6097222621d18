// How numbers and times are written for people. JSON output never passes through here.
import { axisValue } from '@retort/schema/axisValue'
import prettyBytes from 'pretty-bytes'

export const missing = '–'

export const percent = (share: number | null | undefined): string =>
  share == null ? missing : `${(share * 100).toFixed(2)} %`

/** A difference of shares in percentage points, always with its sign. */
export const points = (share: number | null | undefined): string => {
  if (share == null) return missing
  const text = (share * 100).toFixed(2)
  return share > 0 ? `+${text}` : text
}

/** `± 0.12`: half of a 95 % confidence interval, in percentage points; empty where there is none. */
export const plusMinus = (estimate: { mean: number; interval: [number, number] | null } | null): string =>
  estimate?.interval == null ? '' : ` ± ${((estimate.interval[1] - estimate.mean) * 100).toFixed(2)}`

export const count = (number: number | null | undefined): string =>
  number == null ? missing : number.toLocaleString('en-US')

export const bytes = (number: number | null | undefined): string => (number == null ? missing : prettyBytes(number))

export const number = (value: number | null | undefined): string =>
  value == null ? missing : String(Number(value.toPrecision(4)))

/** What was added to the biases of which classes: `of class 3 +2.81, of class 7 +0.4`. */
export const shiftsText = (shifts: number[]): string =>
  shifts
    .flatMap((shift, of) => (shift === 0 ? [] : `of class ${of} ${shift > 0 ? '+' : ''}${shift.toFixed(2)}`))
    .join(', ')

/** Seconds as people say them: 4.2 s, 3 min 5 s, 2 h 10 min. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** How long a sweep's last run took, and what earlier ones had spared it; empty while it runs. */
export function tookText({ startedAt, finishedAt, trials, reused, reusedSeconds }: SweepTimes): string {
  if (finishedAt === null) return ''
  const earlier = `reused from earlier runs, which had trained them for ${duration(reusedSeconds)}`
  if (reused > 0 && reused === trials) return `all ${earlier}`
  const took = `took ${duration((finishedAt - startedAt) / 1000)}`
  return reused === 0 ? took : `${took}, ${count(reused)} of its trials ${earlier}`
}

interface SweepTimes {
  startedAt: number
  finishedAt: number | null
  trials: number
  reused: number
  reusedSeconds: number
}

export const moment = (milliseconds: number): string => new Date(milliseconds).toLocaleString('sv-SE')

/** What people call a trial: `mlp-32 <- cnn, T=4, 0.1/0.9, seed 1`. */
export function trialLabel(trial: {
  role: 'teacher' | 'student' | 'baseline'
  model: string
  teacher: string | null
  temperature: number | null
  hardWeight: number | null
  softWeight: number | null
  axes: Record<string, unknown>
  seed?: number
}): string {
  const parts = [trial.role === 'student' ? `${trial.model} <- ${trial.teacher}` : `${trial.model} (${trial.role})`]
  if (trial.temperature !== null) parts.push(`T=${number(trial.temperature)}`)
  if (trial.hardWeight !== null || trial.softWeight !== null)
    parts.push(`${number(trial.hardWeight)}/${number(trial.softWeight)}`)
  for (const [path, value] of Object.entries(trial.axes)) {
    parts.push(
      `${path.slice(path.lastIndexOf('.') + 1)}=${typeof value === 'string' ? JSON.stringify(value) : axisValue(value)}`,
    )
  }
  if (trial.seed !== undefined) parts.push(`seed ${trial.seed}`)
  return parts.join(', ')
}
