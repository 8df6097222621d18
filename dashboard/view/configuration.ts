// A trial's configuration as people read it: groups of paths and values.
import { axisValue } from '@retort/schema/axisValue'
import type { AnyConfig } from '@retort/schema/trial'

export interface ConfigurationGroup {
  title: string
  facts: [path: string, value: string][]
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function flatten(value: unknown, path: string): [string, string][] {
  if (!isPlain(value))
    return [[path, Array.isArray(value) ? value.map(axisValue).join(', ') || 'none' : axisValue(value)]]
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, path === '' ? key : `${path}.${key}`))
}

/** A model's file by its name and hash: its text is for programs. */
function shown(architecture: AnyConfig['architecture']): unknown {
  if (!('topology' in architecture)) return architecture
  const { type, file, sha256 } = architecture
  return { type, file, 'SHA-256': sha256.slice(0, 12) }
}

export function configurationGroups(config: AnyConfig): ConfigurationGroup[] {
  const { architecture, training, dataset, distillation, seed } = config
  // The teacher is shown by its name, with a link, elsewhere on the page.
  const { teacher: _teacher, ...loss } = distillation ?? { teacher: null }
  return [
    { title: 'Architecture', facts: flatten(shown(architecture), '') },
    {
      title: 'Training',
      facts:
        config.role === 'given' ? [['', 'none: taken as it is']] : [...flatten(training, ''), ['seed', String(seed)]],
    },
    {
      title: 'Distillation',
      facts: distillation === null ? [['', 'none: learns from the labels alone']] : flatten(loss, ''),
    },
    { title: 'Data', facts: flatten(dataset, '') },
  ]
}
