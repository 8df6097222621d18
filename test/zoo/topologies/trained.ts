// A trained model of TensorFlow.js as files: one dense layer over the digits, its weights in two shards.

export const architecture = { type: 'mlp', hidden: [64] }

export function files() {
  const dense = { name: 'dense', units: 10, activation: 'softmax', use_bias: true }
  const json = {
    format: 'layers-model',
    modelTopology: {
      class_name: 'Sequential',
      config: {
        name: 'sequential',
        layers: [
          { class_name: 'Flatten', config: { name: 'flatten', batch_input_shape: [null, 28, 28, 1] } },
          { class_name: 'Dense', config: dense },
        ],
      },
    },
    weightsManifest: [
      {
        paths: ['one.bin', 'two.bin'],
        weights: [
          { name: 'dense/kernel', shape: [784, 10], dtype: 'float32' },
          { name: 'dense/bias', shape: [10], dtype: 'float32' },
        ],
      },
    ],
  }
  const numbers = Float32Array.from({ length: 7850 }, (_, at) => Math.sin(at) / 10)
  const whole = new Uint8Array(numbers.buffer)
  // The cut is in the middle of a weight.
  return { json, numbers, bytes: [whole.subarray(0, 10_002), whole.subarray(10_002)] }
}
