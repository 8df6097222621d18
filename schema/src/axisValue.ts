// How people read what an axis sets: an objective is known by its type, with the settings that are written beside it.

/** `dkd(beta=2)`, `soft-targets + dist(weight=2)`, `8 to 1 (linear)`, `1 to 0 (step at 0.25)`, `0.001`, `[32,64]`; text as it is. */
export function axisValue(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.length > 0 && value.every(isTyped)) return value.map(axisValue).join(' + ')
  if (isCourse(value)) return `${value.from} to ${value.to} (${shapeText(value.shape ?? 'linear')})`
  if (!isTyped(value)) return JSON.stringify(value)
  const { type, ...settings } = value
  const written = Object.entries(settings).map(([name, setting]) =>
    name === 'layers' ? `layers=${layerPairs(setting)}` : `${name}=${axisValue(setting)}`,
  )
  return written.length === 0 ? type : `${type}(${written.join(', ')})`
}

/** `conv2_relu` for a layer of both models, `conv1/conv2` for the student's and the teacher's. */
const layerPairs = (pairs: unknown): string =>
  (pairs as { student: string; teacher: string }[])
    .map(({ student, teacher }) => (student === teacher ? student : `${student}/${teacher}`))
    .join('+')

type Shape = string | { type: string; at: number }

const shapeText = (shape: Shape): string => (typeof shape === 'string' ? shape : `${shape.type} at ${shape.at}`)

const isCourse = (value: unknown): value is { from: number; to: number; shape?: Shape } =>
  typeof value === 'object' && value !== null && 'from' in value && 'to' in value

const isTyped = (value: unknown): value is { type: string } =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
