// TensorFlow.js's own tests of gradients of the largest and the smallest that hold on no engine here.

const why = 'each of equals gets the gradient whole there; here they share it, as in TensorFlow and PyTorch'

export const sharedTies: Record<string, string> = {
  'ops/max_test max max gradient: 1D, ties': why,
  'ops/max_test max max gradient: ties, 2D, axes=-1, keepDims=false': why,
  'ops/max_test max max gradient: ties, 3D, axes=[1, 2], keepDims=false': why,
  'ops/max_test max max gradient: ties, 4D, axes=[1, 2, 3], keepDims=false': why,
  'ops/max_test max max gradient: ties, 4D, axes=[2, 3], keepDims=true': why,
  'ops/min_test min min gradient: 1D, ties': why,
  'ops/min_test min min gradient: ties, 2D, axes=-1, keepDims=false': why,
  'ops/min_test min min gradient: ties, 3D, axes=[1, 2], keepDims=false': why,
  'ops/min_test min min gradient: ties, 4D, axes=[1, 2, 3], keepDims=false': why,
  'ops/min_test min min gradient: ties, 4D, axes=[2, 3], keepDims=true': why,
}
