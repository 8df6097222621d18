// Which of TensorFlow.js's own tests the recording backend does not pass, and why. Whatever is neither here nor passed
// fails, and so does whatever is here and passes after all.
import { sharedTies } from './sharedTies.ts'
import type { Spec } from './upstream.ts'

/** Types of tensors that the backend does not have. */
const TYPES: Record<string, string> = {
  string: 'ONNX graphs that train have no strings',
  complex64: 'onnxruntime has no complex numbers',
}

const sizeFromValues = 'the size of its result depends on values, and the shapes of a recorded graph are fixed'
const ofBoxes = 'it is for detection, and no layer needs it'

/** Kernels without a rule that the tests use. */
export const KERNELS: Record<string, string> = {
  Complex: TYPES.complex64!,
  Multinomial: 'random numbers must be an input of a compiled step',
  FromPixels: 'it reads a canvas',
  Unique: sizeFromValues,
  BroadcastArgs: 'it computes shapes from values, and the shapes of a recorded graph are fixed',
  RaggedGather: sizeFromValues,
  RaggedRange: sizeFromValues,
  RaggedTensorToTensor: sizeFromValues,
  SparseFillEmptyRows: sizeFromValues,
  SparseReshape: 'it computes shapes from values, and the shapes of a recorded graph are fixed',
  SparseSegmentMean: sizeFromValues,
  SparseSegmentSum: sizeFromValues,
  NonMaxSuppressionV3: sizeFromValues,
  NonMaxSuppressionV4: sizeFromValues,
  NonMaxSuppressionV5: sizeFromValues,
  CropAndResize: ofBoxes,
  Transform: ofBoxes,
}

const notANumber = 'onnxruntime compares with NaN as it comes; a step that has one has diverged anyway'

/** Single tests, by file and name, of kernels that have a rule. */
export const SINGLE: Record<string, string> = {
  'ops/arg_max_test argmax ignores NaNs': notANumber,
  'ops/arg_min_test argmin ignores NaNs': notANumber,
  'ops/max_pool_with_argmax_test maxPoolWithArgmax [x=[1,3,3,1] f=[2,2] s=1 ignores NaNs': notANumber,
  'ops/max_test max return NaNs': notANumber,
  'ops/min_test min return NaNs': notANumber,
  ...sharedTies,
  'ops/step_test step kernel with 1d tensor and alpha': notANumber,
  'ops/step_test step kernel propagates NaNs': notANumber,
  'ops/avg_pool_3d_test avgPool3d x=[1,1,1,1,1] f=[2,2,2] s=1 p=2':
    'onnxruntime refuses a padding as wide as the window',
  'ops/avg_pool_test avgPool gradient x=[3,3,1] f=[3,3] s=1 p=explicit':
    'it expects shares of the whole window, but the average is of what lies in the image; ours is its gradient',
  'ops/conv2d_transpose_test conv2dTranspose input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4':
    'its shapes contradict each other: a SAME convolution of 4x4 at stride 1 does not give 8x8',
  'ops/einsum_test einsum nonexistent dimension throws error': 'the message names the kernel before it says the same',
  'ops/exp_test exp int32': 'it asks for more digits than float32 has',
  'ops/tan_test tan numbers exceed float32 precision': 'it asks for the last digit of float32',
}

/** Why a test that failed is left out; undefined if it should have passed. */
export function reasonOf({ file, name, message = '' }: Spec): string | undefined {
  const single = SINGLE[`${file} ${name}`]
  if (single !== undefined) return single
  const kernel = /has no rule for TensorFlow.js's kernel '(\w+)'/.exec(message)?.[1]
  if (kernel !== undefined) return KERNELS[kernel] && `no rule for ${kernel}: ${KERNELS[kernel]}`
  const type = /[Tt]ensors of (\w+)/.exec(message)?.[1]
  return type === undefined ? undefined : TYPES[type] && `no tensors of ${type}: ${TYPES[type]}`
}
