// The architecture `bottleneck-resnet`; orchestrator/src/zoo/bottleneckResnet.ts builds it.
import { architecture } from '../architecture.ts'
import { dropout } from '../architectureSettings.ts'

export const bottleneckResnet = architecture({
  type: 'bottleneck-resnet',
  title: 'A residual network of bottleneck blocks.',
  description:
    'The deep residual networks of He et al. (arXiv:1512.03385, table 1), ResNet-50 and deeper, in the form for small images: a 3 x 3 stem of stride 1, no pooling behind it, four stages of bottleneck blocks with batch norm, global average pooling.',
  required: ['depth'],
  settings: {
    depth: { description: 'Layers with weights.', enum: [26, 50, 101, 152], examples: [50] },
    width: {
      description: "Filters of the first stage's 3 x 3 convolutions; a block gives four times as many.",
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      default: 64,
      examples: [64],
    },
    dropout: dropout,
  },
  readsTokens: false,
  kernels: 'by activation',
  small: { settings: { depth: 26, width: 4 }, shape: [16, 16, 3], reads: 'numbers' },
})
