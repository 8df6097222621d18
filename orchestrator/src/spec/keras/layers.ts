// Which of Keras's layers can be trained here, and with which settings: what TensorFlow.js has a class for, without
// what it would quietly leave out and what draws its own random numbers.
import { showValue } from '../../errors/problem.ts'
import { isRecord } from '../schema.ts'

/**
 * Layers of @tensorflow/tfjs-layers 4.22 that are used as they are, or that the zoo has in a form of its own, and those
 * with which Retort's own models leave padding out.
 */
const usable = new Set(
  `Activation Add Average AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Bidirectional
  CenterCrop Concatenate Conv1D Conv2D Conv2DTranspose Conv3D ConvLSTM2D Cropping2D Dense
  DepthwiseConv2D Dot Dropout ELU Embedding Flatten GRU GlobalAveragePooling1D GlobalAveragePooling2D
  GlobalMaxPooling1D GlobalMaxPooling2D InputLayer LSTM LayerNormalization LeakyReLU Masking MaxPooling1D
  MaxPooling2D MaxPooling3D Maximum Minimum Multiply PReLU Permute RNN ReLU RepeatVector Rescaling Reshape Resizing
  RetortTextLength RetortTextMask RetortTextMax RetortTextMean
  SeparableConv2D SimpleRNN Softmax SpatialDropout1D ThresholdedReLU TimeDistributed UpSampling2D
  ZeroPadding2D`.split(/\s+/),
)

/** Layers that TensorFlow.js has not, but the zoo. */
const own = new Set(
  `Cropping1D Cropping3D GlobalAveragePooling3D GlobalMaxPooling3D GroupNormalization Identity MultiHeadAttention
  Normalization RMSNormalization SpatialDropout2D SpatialDropout3D Subtract UnitNormalization UpSampling1D UpSampling3D
  ZeroPadding1D ZeroPadding3D`.split(/\s+/),
)

/** Parts of recurrent layers, which stand only inside them. */
const cells = new Set(['SimpleRNNCell', 'GRUCell', 'LSTMCell', 'StackedRNNCells', 'ConvLSTM2DCell'])

const ownNoise = 'draws its own random numbers, which a resumed trial could not draw again; use Dropout'
const ownSamples = 'changes samples at random: leave it out, and say the data’s "augmentation" in its place'
const refused: Record<string, string> = {
  Conv3DTranspose: 'has no gradient in TensorFlow.js, so that it cannot be trained',
  RandomFlip: ownSamples,
  RandomCrop: ownSamples,
  RandomTranslation: ownSamples,
  RandomRotation: ownSamples,
  RandomZoom: ownSamples,
  RandomContrast: ownSamples,
  RandomBrightness: ownSamples,
  GaussianNoise: ownNoise,
  GaussianDropout: ownNoise,
  AlphaDropout: ownNoise,
  RandomWidth: ownNoise,
  CategoryEncoding: 'counts categories, which images are not',
}

export const isUsable = (name: string, inside = false): boolean =>
  usable.has(name) || (inside ? cells.has(name) : own.has(name))

/** Why TensorFlow.js's class of this name cannot be used; undefined where it has none, or can. */
export const refusal = (name: string): string | undefined => (Object.hasOwn(refused, name) ? refused[name] : undefined)

/** A setting that would not do what it says. */
export interface SettingProblem {
  setting: string
  expected: string
  found: string
  why: string
}

interface Rule {
  setting: RegExp
  /** Of which classes; of all where it is left out. */
  of?: RegExp
  /** The value with which it changes nothing. */
  neutral: unknown[]
  why: string
}

const rules: Rule[] = [
  { setting: /^groups$/, of: /^(?!Conv[12]D$|Group)/, neutral: [1], why: 'only Conv1D and Conv2D have groups here' },
  { setting: /_constraint$/, neutral: [null], why: 'constraints on weights are not kept while training' },
  { setting: /^(recurrent_)?dropout$/, of: /^(?!MultiHead)/, neutral: [0], why: ownNoise },
  { setting: /^renorm$/, neutral: [false], why: 'there is no batch renormalisation' },
  { setting: /^rms_scaling$/, neutral: [false], why: 'TensorFlow.js’s layer normalisation always centres' },
  { setting: /^time_major$/, neutral: [false], why: 'the first axis is the batch' },
  { setting: /^stateful$/, neutral: [false], why: 'batches are drawn at random, so none continues the one before' },
  { setting: /^return_state$/, neutral: [false], why: 'a layer gives one result' },
  {
    setting: /^data_format$/,
    of: /1D$|^CenterCrop$|^Resizing$/,
    neutral: ['channels_last'],
    why: 'TensorFlow.js has no other order here',
  },
  { setting: /^output_padding$/, neutral: [null], why: 'TensorFlow.js pads no outputs' },
  {
    setting: /^dilation_rate$/,
    of: /Transpose$/,
    neutral: [1, [1, 1], [1, 1, 1]],
    why: 'TensorFlow.js does not dilate here',
  },
  {
    setting: /^(antialias|pad_to_aspect_ratio|crop_to_aspect_ratio)$/,
    neutral: [false],
    why: 'images are resized without it here',
  },
  {
    setting: /^interpolation$/,
    of: /^(Resizing|UpSampling2D)$/,
    neutral: ['bilinear', 'nearest'],
    why: 'images are resized so, or by "nearest", alone here',
  },
  { setting: /^attention_axes$/, neutral: [[1], 1, [-2], -2], why: 'only the axis of positions is attended over' },
  { setting: /^(use_gate|invert)$/, neutral: [false], why: 'there is no such form of it here' },
  { setting: /^sliding_window$/, neutral: [null], why: 'a position sees all others, or those before it' },
]

export function settingProblems(name: string, config: Record<string, unknown>): SettingProblem[] {
  return Object.entries(config).flatMap(([setting, value]) =>
    rules
      .filter((rule) => rule.setting.test(setting) && (rule.of?.test(name) ?? true))
      .filter(({ neutral }) => value !== null && !neutral.some((one) => JSON.stringify(one) === JSON.stringify(value)))
      .map(({ neutral, why }) => ({ setting, expected: showValue(neutral[0]), found: showValue(value), why })),
  )
}

const isZero = (value: unknown): boolean => [value].flat().every((each) => (each ?? 0) === 0)

/** Layers that the zoo has its own form of, by the settings with which it takes it: it could not be put into a wrapper. */
const ownForms: Record<string, (config: Record<string, unknown>) => boolean> = {
  Dropout: () => true,
  SpatialDropout1D: () => true,
  BatchNormalization: () => true,
  ThresholdedReLU: () => true,
  ReLU: ({ negative_slope, threshold }) => !isZero(negative_slope) || !isZero(threshold),
  ELU: ({ alpha }) => (alpha ?? 1) !== 1,
  Softmax: ({ axis }) => (axis ?? -1) !== -1,
  Rescaling: ({ scale, offset }) => [scale, offset].some(Array.isArray),
  Resizing: () => true,
  CenterCrop: () => true,
  UpSampling2D: ({ interpolation }) => interpolation === 'bilinear',
}

export const hasOwnForm = (name: string, config: Record<string, unknown>): boolean => ownForms[name]?.(config) === true

/** What the two directions of a Bidirectional may differ in. */
const ofDirection = ['name', 'go_backwards', 'zero_output_for_mask', 'seed']

/** Whether both directions are alike, as TensorFlow.js has them; Keras 3 writes both. */
export function areAlike({ layer, backward_layer: back }: Record<string, unknown>): boolean {
  if (!isRecord(layer) || !isRecord(back)) return true
  const settings = (of: Record<string, unknown>) =>
    JSON.stringify([of.class_name, of.config], (key, value) =>
      isRecord(value)
        ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
        : ofDirection.includes(key)
          ? undefined
          : value,
    )
  return settings(layer) === settings(back)
}

/** Layers that wrap others, by the setting that holds the wrapped one. */
export function innerLayers(config: Record<string, unknown>): { setting: string[]; layer: Record<string, unknown> }[] {
  return ['layer', 'backward_layer', 'cell', 'cells'].flatMap((setting) => {
    const inner = config[setting]
    const layers = Array.isArray(inner) ? inner.map((layer, index) => [[setting, String(index)], layer] as const) : []
    const all = Array.isArray(inner) ? layers : [[[setting], inner] as const]
    return all.flatMap(([path, layer]) => (isRecord(layer) ? [{ setting: [...path], layer }] : []))
  })
}
