// The architectures, in the order in which messages and pages list them.

import type { ArchitectureFacts } from './architecture.ts'
import { bottleneckResnet } from './architectures/bottleneckResnet.ts'
import { causalTransformer } from './architectures/causalTransformer.ts'
import { cnn } from './architectures/cnn.ts'
import { keras } from './architectures/keras.ts'
import { lstm } from './architectures/lstm.ts'
import { mlp } from './architectures/mlp.ts'
import { mobilenet } from './architectures/mobilenet.ts'
import { mobilenetV2 } from './architectures/mobilenetV2.ts'
import { resnet } from './architectures/resnet.ts'
import { shufflenet } from './architectures/shufflenet.ts'
import { shufflenetV2 } from './architectures/shufflenetV2.ts'
import { textCnn } from './architectures/textCnn.ts'
import { transformer } from './architectures/transformer.ts'
import { vgg } from './architectures/vgg.ts'
import { wrn } from './architectures/wrn.ts'
import { byType, oneOf } from './kind.ts'
import type { ValueOf } from './schema.ts'

export const architectures = [
  mlp,
  cnn,
  resnet,
  bottleneckResnet,
  wrn,
  vgg,
  mobilenet,
  mobilenetV2,
  shufflenet,
  shufflenetV2,
  textCnn,
  lstm,
  transformer,
  causalTransformer,
  keras,
] as const

export const architectureSchema = oneOf(architectures, {
  name: 'Architecture',
  description: 'The shape of a model; its last layer gives one logit for each class.',
  examples: [
    { type: 'mlp', hidden: [128] },
    { type: 'resnet', depth: 8 },
  ],
})

type Architecture = ValueOf<typeof architectureSchema>

export type ArchitectureType = Architecture['type']

const definitions = byType(architectures)

/** What there is to know of an architecture. */
export const architectureFacts = (type: ArchitectureType) => definitions[type] as ArchitectureFacts<Architecture>
