// Whether distillation helped, in a sentence that claims no more than the comparison shows.
import type { Compared, Comparison, Gain } from './compare.ts'

/** What the comparison says of one student. */
export interface StudentAnswer {
  model: string
  /** Its distilled configurations by verdict. */
  better: number
  worse: number
  noDifferenceShown: number
  tooFewSeeds: number
  /** The distilled configuration that gained most, of those that are better where there is one; null without any gain. */
  most: Compared | null
  helped: 'yes' | 'no: it hurt' | 'not shown' | 'too few seeds'
}

type Distilled = Compared & { gain: Gain }

/** @returns the students that were distilled and have a baseline, in the order of the ranking */
export function studentAnswers({ configurations }: Comparison): StudentAnswer[] {
  const distilled = configurations.filter((each): each is Distilled => each.role === 'student' && each.gain !== null)
  return [...new Set(distilled.map(({ model }) => model))].map((model) => {
    const all = distilled.filter((each) => each.model === model)
    const count = (verdict: Gain['verdict']) => all.filter(({ gain }) => gain.verdict === verdict).length
    const better = count('better')
    const worse = count('worse')
    const noDifferenceShown = count('no difference shown')
    const candidates = all.filter(({ gain }) => gain.validation !== null && (better === 0 || gain.verdict === 'better'))
    const most = candidates.reduce<Distilled | null>(
      (found, each) => (found === null || meanGain(each) > meanGain(found) ? each : found),
      null,
    )
    const helped =
      better > 0 ? 'yes' : worse > 0 ? 'no: it hurt' : noDifferenceShown > 0 ? 'not shown' : 'too few seeds'
    return { model, better, worse, noDifferenceShown, tooFewSeeds: count('too few seeds'), most, helped }
  })
}

const meanGain = ({ gain }: Distilled): number => gain.validation!.mean

export interface Wording {
  /** Writes a difference of shares in percentage points, with its sign. */
  points: (share: number) => string
}

/**
 * @returns what helped which students; with too few seeds how many are needed, and how to ask for them
 */
export function answerSentence(comparison: Comparison, { points }: Wording): string {
  const { configurations, comparisons } = comparison
  if (configurations.length === 0) return 'Nothing is done yet.'
  const students = studentAnswers(comparison)
  if (students.length === 0) {
    return configurations.some(({ role }) => role === 'student')
      ? 'Whether distillation helped cannot be said: this sweep has no baselines to compare with ("baselines": ["scratch"]).'
      : 'No distilled student is done, so there is nothing to compare with the baselines.'
  }
  if (comparisons.withBaseline === 0) return tooFewSeeds(configurations)

  const of = (helped: StudentAnswer['helped']) => students.filter((student) => student.helped === helped)
  const figures = (student: StudentAnswer) => `${student.model} (${tally(student)}${mostText(student, points)})`
  const parts = [
    [of('yes'), (names: string) => `helped ${names}`],
    [of('no: it hurt'), (names: string) => `hurt ${names}`],
    [of('not shown'), (names: string) => `is not shown to help or hurt ${names}`],
    [of('too few seeds'), (names: string) => `was tried on too few seeds with ${names}`],
  ] as const
  const said = parts.flatMap(([some, text]) => (some.length === 0 ? [] : [text(joined(some.map(figures)))]))
  const { withBaseline } = comparisons
  const corrected = withBaseline === 1 ? '' : `, corrected for ${withBaseline} comparisons`
  return `Distillation ${said.join('; it ')}. ${spread(configurations)}${corrected}; ± and ranges are 95 % intervals over seeds.`
}

function tooFewSeeds(configurations: Compared[]): string {
  const planned = Math.max(...configurations.map((each) => each.planned))
  const ask =
    planned < 2
      ? 'Ask for more, as with "seeds": [1, 2, 3, 4, 5] (2 are the least that can show anything, 5 give an interval 7 times as narrow), and run the file again: what is done is not trained again.'
      : 'At least 2 seeds of a configuration and of its baseline must be done.'
  return `Whether distillation helped is not known: one seed tells no difference from chance. ${ask}`
}

const countOf = (of: Pick<StudentAnswer, 'better' | 'worse' | 'noDifferenceShown' | 'tooFewSeeds'>): number =>
  of.better + of.worse + of.noDifferenceShown + of.tooFewSeeds

function tally({ better, worse, ...others }: StudentAnswer): string {
  const all = countOf({ better, worse, ...others })
  const which = all === 1 ? '1 configuration' : `${all} configurations`
  if (better + worse === 0) return which
  const shown = [...(better > 0 ? [`${better} better`] : []), ...(worse > 0 ? [`${worse} worse`] : [])]
  return `${shown.join(' and ')} of ${which}`
}

function mostText({ most, ...verdicts }: StudentAnswer, points: Wording['points']): string {
  const all = countOf(verdicts)
  const gain = most?.gain?.validation
  if (gain == null) return ''
  const range = gain.interval === null ? '' : `, ${points(gain.interval[0])} to ${points(gain.interval[1])}`
  return `, ${all > 1 ? 'the best by' : 'by'} ${points(gain.mean)} points${range}`
}

function spread(configurations: Compared[]): string {
  const counts = configurations.flatMap(({ gain }) => (gain === null ? [] : [gain.validation?.n ?? 0]))
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  return `By paired t tests over ${least === most ? `${most} seeds` : `${least} to ${most} seeds`}`
}

function joined(names: string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/**
 * @param name what people call a configuration
 * @returns which configurations are worth choosing among
 */
export function choiceSentence({ configurations, bestIsTested }: Comparison, name: (best: Compared) => string): string {
  const [best] = configurations
  if (best === undefined || configurations.length === 1) return ''
  if (!bestIsTested)
    return `The order is by the mean accuracy; nothing shows that ${name(best)} is better than the rest.`
  const among = configurations.filter(({ amongBest }) => amongBest).length
  const all = configurations.length
  if (all === 2) {
    const [, other] = configurations
    if (among === 1) return `${name(best)} is better than ${name(other!)}.`
    return `${name(other!)} is not shown to be worse than ${name(best)}.`
  }
  if (among === 1) return `${name(best)} is better than each of the other ${all - 1}.`
  if (among === all) return `None of the other ${all - 1} configurations is shown to be worse than ${name(best)}.`
  return `${among - 1} of the other ${all - 1} configurations cannot be told from the best, ${name(best)}.`
}
