// Operations that stand among a model's layers: `x + 3.`, `keras.ops.relu(x)`, or `tf.nn.relu(x)` in Keras 2. Each
// becomes the layer that computes the same.
import type { Topology } from '@retort/schema/topology'
import { isRecord } from '../schema.ts'

type Json = Record<string, unknown>

/** A tensor, as Keras 3 writes it in a call. */
const isTensor = (value: unknown): boolean => isRecord(value) && value.class_name === '__keras_tensor__'

/** What an operation computes of tensors and numbers. */
type Written = { type: string; config: Json }

const activation = (name: string): Written => ({ type: 'Activation', config: { activation: name } })
const linear = (scale: number, offset: number): Written => ({ type: 'Rescaling', config: { scale, offset } })

/** With a number on one side; `left` where it stands before the tensor. */
const withNumber: Record<string, (value: number, left: boolean) => Written | undefined> = {
  Add: (value) => linear(1, value),
  Subtract: (value, left) => (left ? linear(-1, value) : linear(1, -value)),
  Multiply: (value) => linear(value, 0),
  TrueDivide: (value, left) => (left ? undefined : linear(1 / value, 0)),
}

/** Of two tensors. */
const ofTwo = ['Add', 'Subtract', 'Multiply', 'Maximum', 'Minimum']

const ofOne: Record<string, (config: Json) => Written> = {
  Negative: () => linear(-1, 0),
  Relu: () => activation('relu'),
  Relu6: () => activation('relu6'),
  Sigmoid: () => activation('sigmoid'),
  Silu: () => activation('silu'),
  Tanh: () => activation('tanh'),
  Softplus: () => activation('softplus'),
  Softsign: () => activation('softsign'),
  Selu: () => activation('selu'),
  HardSigmoid: () => activation('hard_sigmoid6'),
  HardSilu: () => activation('hard_silu'),
  Exp: () => activation('exponential'),
  Elu: ({ alpha = 1 }) => ({ type: 'ELU', config: { alpha } }),
  LeakyRelu: ({ negative_slope = 0.2 }) => ({ type: 'LeakyReLU', config: { alpha: negative_slope } }),
  // The operation's own default is the approximation, the activation's is not.
  Gelu: ({ approximate = true }) => activation(approximate === false ? 'gelu' : 'gelu_new'),
  Softmax: ({ axis = -1 }) => ({ type: 'Softmax', config: { axis } }),
}

/** Keras 2's names of functions. */
const functions: Record<string, string> = {
  '__operators__.add': 'Add',
  '__operators__.sub': 'Subtract',
  '__operators__.mul': 'Multiply',
  '__operators__.truediv': 'TrueDivide',
  '__operators__.neg': 'Negative',
  'math.add': 'Add',
  'math.subtract': 'Subtract',
  'math.multiply': 'Multiply',
  'math.truediv': 'TrueDivide',
  'math.divide': 'TrueDivide',
  'math.negative': 'Negative',
  'math.maximum': 'Maximum',
  'math.minimum': 'Minimum',
  'math.sigmoid': 'Sigmoid',
  'math.tanh': 'Tanh',
  'math.exp': 'Exp',
  'nn.relu': 'Relu',
  'nn.relu6': 'Relu6',
  'nn.silu': 'Silu',
  'nn.selu': 'Selu',
  'nn.elu': 'Elu',
  'nn.softmax': 'Softmax',
  'nn.sigmoid': 'Sigmoid',
  'nn.tanh': 'Tanh',
}

/** What only makes masks, which layers give each other as it is without them. */
const ofMasks = ['NotEqual', 'Any', 'LogicalOr', 'LogicalAnd']

export const isOperation = ({ class_name: type, module }: Json): boolean =>
  type === 'TFOpLambda' || (typeof module === 'string' && module.startsWith('keras.src.ops.'))

export const makesMasks = (layer: Json): boolean => isOperation(layer) && ofMasks.includes(layer.class_name as string)

/**
 * Whether the result of an operation among a model's layers is the mask that one of its layers makes of the same
 * tensor by itself, or several of such.
 */
export function isOwnMask(name: string, layers: Json[]): boolean {
  const maker = layers.find((layer) => (layer.name ?? (layer.config as Json).name) === name && makesMasks(layer))
  const [node] = (maker?.inbound_nodes ?? []) as { args?: unknown[] }[]
  const [first, second] = node?.args ?? []
  if (maker === undefined || !isTensor(first)) return false
  if (maker.class_name !== 'NotEqual') {
    return [first, second].filter(isTensor).every((tensor) => isOwnMask(historyOf(tensor), layers))
  }
  return layers.some(({ class_name: type, config, inbound_nodes: nodes }) => {
    const masked = type === 'Masking' ? (config as Json).mask_value : type === 'Embedding' && (config as Json).mask_zero
    const value = type === 'Masking' ? masked : masked === true ? 0 : undefined
    return value !== undefined && value === second && readsTensor(nodes, historyOf(first))
  })
}

const historyOf = (tensor: unknown): string => {
  const { keras_history: history } = (tensor as { config: Json }).config
  return Array.isArray(history) ? String(history[0]) : ''
}

const readsTensor = (nodes: unknown, from: string): boolean =>
  Array.isArray(nodes) &&
  nodes.some((node) => isRecord(node) && [node.args].flat(3).some((each) => isTensor(each) && historyOf(each) === from))

/** An operation's name, to show. */
export const operationName = ({ class_name: type, config }: Json): string =>
  type === 'TFOpLambda' ? String((config as Json).function) : String(type)

/** Of layers that were operations, in a model in which that makes no difference. */
export function withoutMarks({ layers }: Topology): void {
  for (const { config, model } of layers) {
    delete config.operation
    if (model !== undefined) withoutMarks(model)
  }
}

/** Whether any layer makes a mask, which operations do not hand on. */
export const hasMasks = ({ layers }: Topology): boolean =>
  layers.some(
    ({ class: type, config, model }) =>
      type === 'Masking' ||
      (type === 'Embedding' && config.mask_zero === true) ||
      (model !== undefined && hasMasks(model)),
  )

/** @returns the layer, marked, with calls of tensors alone; undefined where there is none */
export function layerOfOperation(layer: Json): Json | undefined {
  const config = isRecord(layer.config) ? layer.config : {}
  const name = String(layer.name ?? config.name ?? '')
  const old = layer.class_name === 'TFOpLambda'
  const type = old ? functions[String(config.function)] : (layer.class_name as string)
  const nodes = Array.isArray(layer.inbound_nodes) ? layer.inbound_nodes : []
  if (type === undefined || nodes.length !== 1) return undefined
  const { operands, settings } = old ? oldOperands(nodes[0]) : newOperands(nodes[0])
  const written = writtenAs(type, operands, old ? settings : config)
  if (written === undefined) return undefined
  const tensors = operands.filter((operand) => typeof operand !== 'number')
  const node = old ? tensors : { args: tensors.length === 1 ? tensors : [tensors], kwargs: {} }
  const kept = old || written.type !== type ? { name } : config
  return {
    class_name: written.type,
    name,
    config: { ...kept, ...written.config, operation: true },
    inbound_nodes: [node],
  }
}

function writtenAs(type: string, operands: unknown[], config: Json): Written | undefined {
  const numbers = operands.filter((operand) => typeof operand === 'number')
  if (numbers.length === 1 && operands.length === 2) {
    return withNumber[type]?.(numbers[0]!, typeof operands[0] === 'number')
  }
  if (numbers.length > 0) return undefined
  if (operands.length === 2 && ofTwo.includes(type)) return { type, config: {} }
  if (type === 'Concatenate') return { type, config: {} }
  return operands.length === 1 ? ofOne[type]?.(config) : undefined
}

/** Keras 3: tensors and numbers in `args` and `kwargs`, in their order. */
function newOperands(node: unknown): { operands: unknown[]; settings: Json } {
  if (!isRecord(node)) return { operands: [], settings: {} }
  const all = [node.args, Object.values(isRecord(node.kwargs) ? node.kwargs : {})].flat(3)
  return { operands: all.filter((value) => typeof value === 'number' || isTensor(value)), settings: {} }
}

/** Keras 2: ["layer", 0, 0, { "y": 3 }], where y may be a tensor, or ["_CONSTANT_VALUE", -1, 3, { "y": tensor }]. */
function oldOperands(node: unknown): { operands: unknown[]; settings: Json } {
  if (!Array.isArray(node) || typeof node[0] !== 'string') return { operands: [], settings: {} }
  const [from, call, result, more] = node
  const { y, name: _, ...settings } = isRecord(more) ? more : {}
  const first = from === '_CONSTANT_VALUE' ? result : [from, call, result, {}]
  const second = Array.isArray(y) ? [...y.slice(0, 3), {}] : y
  return { operands: [first, ...(second === undefined ? [] : [second])], settings }
}
