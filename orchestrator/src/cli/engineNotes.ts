// What earlier runs did on other engines, in a sentence for each kind of it: `plan` and `run` say the same.
import { enginesText } from '@retort/schema/engines'
import { type Asked, type EngineNote, type EngineVerdict, isOther } from '../executor/engines.ts'
import { count } from './format.ts'

/** How a sentence about one trial, or several, goes on after the number. */
type Sentence = (note: { one: boolean; engines: string; here: string; partly: boolean }) => string

const sentences: { [V in EngineVerdict]: Sentence } = {
  reused: ({ one, engines, here, partly }) =>
    `of the reused results ${one ? 'was' : 'were'} computed on ${engines}, not on ${here}${partly ? ' alone' : ''}; ` +
    `--engine-strict trains ${one ? 'it' : 'them'} anew`,
  retried: ({ one, engines, here }) =>
    `${one ? 'trial' : 'trials'} failed on ${engines} and ${one ? 'is' : 'are'} tried on ${here}`,
  anew: ({ one, engines, here }) =>
    `${one ? 'result' : 'results'} of ${engines === '' ? 'an unknown engine' : engines} ` +
    `${one ? 'does' : 'do'} not count and ${one ? 'is' : 'are'} trained anew on ${here} (--engine-strict)`,
  follower: ({ one, here }) =>
    `${one ? 'trial' : 'trials'} learned from what another engine computed and ${one ? 'is' : 'are'} trained anew on ` +
    `${here} (--engine-strict)`,
  restarted: ({ one, engines, here }) =>
    `unfinished ${one ? 'trial begins' : 'trials begin'} anew on ${here}, without ${one ? 'its checkpoint' : 'their checkpoints'}` +
    `${engines === '' ? ', taught by another engine' : ` of ${engines}`} (--engine-strict)`,
}

/** An engine and its device, as far as they are settled. */
export const askedText = ({ engine, device }: Asked): string =>
  device === 'auto' ? engine : engine === 'auto' ? device : enginesText([{ engine, device }])

export const engineLines = (notes: readonly EngineNote[], asked: Asked): string[] =>
  notes.map(({ verdict, engines, trials }) => {
    const partly = engines.some((each) => !isOther(each, asked))
    const said = { one: trials === 1, engines: enginesText(engines), here: askedText(asked), partly }
    return `${count(trials)} ${sentences[verdict](said)}.`
  })
