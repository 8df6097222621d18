// How each architecture is built. Made by `pnpm generate` from the list of definitions; do not edit.
import type { ArchitectureType } from '@retort/schema/definitions/architectures'
import { bottleneckResnet } from './bottleneckResnet.ts'
import type { Builder } from './builder.ts'
import { causalTransformer } from './causalTransformer.ts'
import { cnn } from './cnn.ts'
import { keras } from './keras.ts'
import { lstm } from './lstm.ts'
import { mlp } from './mlp.ts'
import { mobilenet } from './mobilenet.ts'
import { mobilenetV2 } from './mobilenetV2.ts'
import { resnet } from './resnet.ts'
import { shufflenet } from './shufflenet.ts'
import { shufflenetV2 } from './shufflenetV2.ts'
import { textCnn } from './textCnn.ts'
import { transformer } from './transformer.ts'
import { vgg } from './vgg.ts'
import { wrn } from './wrn.ts'

export const architectures: { [Type in ArchitectureType]: Builder<Type> } = {
  mlp,
  cnn,
  resnet,
  'bottleneck-resnet': bottleneckResnet,
  wrn,
  vgg,
  mobilenet,
  'mobilenet-v2': mobilenetV2,
  shufflenet,
  'shufflenet-v2': shufflenetV2,
  'text-cnn': textCnn,
  lstm,
  transformer,
  'causal-transformer': causalTransformer,
  keras,
}
