// Writes the tables of run-time halves: one line for each definition of a kind, whose half stands in a file of its name.
// `pnpm generate` runs it. Where a half is missing or is one of something else, the compiler says so.
import { writeFileSync } from 'node:fs'
import { architectures } from '../schema/src/definitions/architectures.ts'
import { augmentations } from '../schema/src/definitions/augmentations.ts'
import { datasets } from '../schema/src/definitions/datasets.ts'
import type { Definition } from '../schema/src/definitions/kind.ts'
import { labelLosses } from '../schema/src/definitions/labelLosses.ts'
import { objectives } from '../schema/src/definitions/objectives.ts'

interface Table {
  /** Below src. */
  file: string
  about: string
  list: readonly Definition[]
  name: string
  /** Of the types of the kind, and of the half of one of them: `name` from a module. */
  types: { name: string; from: string }
  half: { name: string; from: string }
}

const tables: Table[] = [
  {
    file: 'data/formats.ts',
    about: 'How each format is read',
    list: datasets,
    name: 'formats',
    types: { name: 'DatasetType', from: '@retort/schema/definitions/datasets' },
    half: { name: 'Format', from: './format.ts' },
  },
  {
    file: 'zoo/architectures.ts',
    about: 'How each architecture is built',
    list: architectures,
    name: 'architectures',
    types: { name: 'ArchitectureType', from: '@retort/schema/definitions/architectures' },
    half: { name: 'Builder', from: './builder.ts' },
  },
  {
    file: 'data/augment/augments.ts',
    about: 'How each augmentation changes an image',
    list: augmentations.filter(({ blends }) => !blends),
    name: 'augments',
    types: { name: 'ImageAugmentationType', from: '@retort/schema/definitions/augmentations' },
    half: { name: 'Augment', from: './change.ts' },
  },
  {
    file: 'objectives/objectives.ts',
    about: 'How each objective is computed',
    list: objectives,
    name: 'objectives',
    types: { name: 'ObjectiveType', from: '@retort/schema/definitions/objectives' },
    half: { name: 'Objective', from: './objective.ts' },
  },
  {
    file: 'objectives/labelLosses.ts',
    about: 'How each label loss is computed',
    list: labelLosses,
    name: 'labelLosses',
    types: { name: 'LabelLossType', from: '@retort/schema/definitions/labelLosses' },
    half: { name: 'LabelLoss', from: './objective.ts' },
  },
]

/** `top-k` is `topK`, in topK.ts. */
const nameOf = ({ type }: Definition): string => type.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

function text({ about, list, name, types, half }: Table): string {
  const halves = list.map((each) => ({ text: `{ ${nameOf(each)} }`, from: `./${nameOf(each)}.ts` }))
  const imports = [...halves, { text: `type { ${half.name} }`, from: half.from }]
    .sort((one, other) => (one.from < other.from ? -1 : 1))
    .map(({ text, from }) => `import ${text} from '${from}'`)
  const lines = list.map((each) => (/\W/.test(each.type) ? `'${each.type}': ${nameOf(each)}` : nameOf(each)))
  return [
    `// ${about}. Made by \`pnpm generate\` from the list of definitions; do not edit.`,
    `import type { ${types.name} } from '${types.from}'`,
    ...imports,
    '',
    `export const ${name}: { [Type in ${types.name}]: ${half.name}<Type> } = {`,
    ...lines.map((line) => `  ${line},`),
    '}',
    '',
  ].join('\n')
}

/** The files' paths below src, and what they are to hold. */
export const generated = (): [file: string, text: string][] => tables.map((table) => [table.file, text(table)])

if (process.argv[1] === import.meta.filename) {
  for (const [file, text] of generated()) writeFileSync(new URL(`src/${file}`, import.meta.url), text)
}
