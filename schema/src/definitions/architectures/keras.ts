// The architecture `keras`; orchestrator/src/zoo/keras.ts builds it.
import { architecture } from '../architecture.ts'
export const keras = architecture({
  type: 'keras',
  title: 'A Keras or TensorFlow.js model.',
  description:
    "Any model that Keras or TensorFlow.js has written as JSON. Only its layers are read: weights of the file are not loaded, initial weights are drawn by the topology's own initialisers from the seed. A softmax at its end is left out, since the loss takes logits.",
  required: ['file'],
  settings: {
    file: {
      description:
        "A model.json of TensorFlow.js (layers-model), or the text of Keras's model.to_json(); the path is relative to this file. What it says decides which trial this is, not where it lies.",
      type: 'string',
      examples: ['models/mobilenet.json'],
    },
  },
  readsTokens: true,
  kernels: null,
  small: null,
})
