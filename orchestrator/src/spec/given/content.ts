// What of a teacher that is not trained here decides what it says: neither names nor paths of files.
import type { ResolvedGiven } from '@retort/schema/given'
import type { GivenTeacher } from '@retort/schema/resolved'

/** Left out, too: the topology, for which a hash stands; a tokenizer, which is only compared; and who said what is said. */
const names = new Set(['file', 'path', 'topology', 'tokenizer', 'leftOut'])

/** A copy without names; members of an ensemble that have trials are known by these alone. */
export function contentOf(given: ResolvedGiven | GivenTeacher['given']): unknown {
  return JSON.parse(JSON.stringify(given), function (this: object, key, value) {
    const isName = names.has(key) || (key === 'model' && 'trial' in this)
    return isName ? undefined : value
  })
}
