// How teachers and students are named.
import { schema } from './schema.ts'

export const id = schema({
  name: 'Id',
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  patternErrorMessage: 'up to 64 letters, digits, dots, dashes and underscores that begin with a letter or digit',
  description:
    'A short name, unique among the teachers and students of the file: letters, digits, dots, dashes, underscores.',
  examples: ['mlp-32'],
})
