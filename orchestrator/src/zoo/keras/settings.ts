// Names of settings as TensorFlow.js's layers take them. Its own conversion is not exported.

/** `data_format: channels_last` as `dataFormat: channelsLast`; layers' names and free text stay as they are. */
export function camelCased(value: unknown): unknown {
  if (typeof value === 'string') return renamed[value] ?? camel(value)
  if (Array.isArray(value)) return value.map(camelCased)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [camel(key), key === 'name' ? part : camelCased(part)]),
  )
}

/** What Keras 3 calls otherwise, and TensorFlow.js's own exception. */
const renamed: Record<string, string> = {
  silu: 'swish',
  LecunNormal: 'LeCunNormal',
  LecunUniform: 'LeCunUniform',
  gelu_new: 'gelu_new',
}

const camel = (name: string): string =>
  name.length <= 1 ? name : name.replace(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase())
