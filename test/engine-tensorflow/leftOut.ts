// Which of TensorFlow.js's own tests do not pass on libtensorflow through tfjs-node 4.22, and why. Whatever is neither
// here nor passed fails, and so does whatever is here and passes after all.
import { sharedTies } from '../engine-ops/sharedTies.ts'
import type { Spec } from '../engine-ops/upstream.ts'

const ofStrings = 'it is for strings, which no model that trains has'
const sizeFromValues = 'the size of its result depends on values, which no layer needs'
const unneeded = 'no layer needs it'

/** Kernels that tfjs-node does not have and that the tests use. */
export const KERNELS: Record<string, string> = {
  BitwiseAnd: unneeded,
  DenseBincount: unneeded,
  MaxPoolWithArgmax: unneeded,
  SearchSorted: unneeded,
  Transform: 'it turns images, which Retort does before the step',
  RaggedGather: sizeFromValues,
  RaggedRange: sizeFromValues,
  RaggedTensorToTensor: sizeFromValues,
  SparseFillEmptyRows: sizeFromValues,
  SparseReshape: sizeFromValues,
  SparseSegmentMean: sizeFromValues,
  SparseSegmentSum: sizeFromValues,
  StringNGrams: ofStrings,
  StringSplit: ofStrings,
  StringToHashBucketFast: ofStrings,
}

/** What libtensorflow or tfjs-node says of what it refuses. */
export const REFUSALS: [said: RegExp, reason: string][] = [
  [
    /supports only 'valid' and 'same' padding while padding was (NUMBER|EXPLICIT)/,
    'libtensorflow pads only as Keras does',
  ],
  [/does not support dataFormat:'NCHW'/, 'tfjs-node wants channels last, as all of Retort has them'],
  [/Value for attr 'T' of (string|int32|bool) is not in the list/, 'libtensorflow has the operation for other types'],
  [
    /Dimensions \[\d+,\d+\) of input.* must match dimensions \[\d+,\d+\) of updates/,
    'libtensorflow wants the indices of tf.scatterND as a matrix',
  ],
]

const notANumber = 'libtensorflow takes NaN otherwise; a step that has one has diverged anyway'

/** Single tests, by file and name. */
export const SINGLE: Record<string, string> = {
  'ops/avg_pool_3d_test avgPool3d x=[1,1,1,1,1] f=[1,1,3] s=1 p=valid':
    'libtensorflow refuses a window that is larger than what it is over',
  'ops/conv2d_transpose_test conv2dTranspose input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4':
    'its shapes contradict each other: a SAME convolution of 4x4 at stride 1 does not give 8x8',
  'ops/einsum_test einsum 2d matrix calculate trace: duplicate axes not implemented yet':
    'libtensorflow has what the test expects to be refused',
  'ops/einsum_test einsum nonexistent dimension throws error': 'libtensorflow takes a dimension that is in no input',
  ...sharedTies,
  'ops/multinomial_test multinomial creates the same data given the same seed':
    'the second draw of a seed is another there; Retort draws by its own generator',
  'ops/sign_test sign basic': notANumber,
  'ops/sign_test sign does not propagate NaNs': notANumber,
  'ops/sign_test sign accepts a tensor-like object': notANumber,
  'ops/unique_test unique 1d tensor with NaN and Infinity': notANumber,
  'ops/tan_test tan numbers exceed float32 precision': 'it asks for the last digit of float32',
}

/** Single tests that pass on some versions of the library and not on others. */
const VERSIONS: Record<string, string> = {
  'ops/round_test round int32': 'libtensorflow 2.21 rounds whole numbers to 0; 2.15 does not, and no layer rounds them',
}

export function reasonOf({ file, name, message = '' }: Spec): string | undefined {
  const test = `${file} ${name}`
  const single = SINGLE[test] ?? VERSIONS[test]
  if (single !== undefined) return single
  const kernel = /Kernel '(\w+)' not registered for backend 'tensorflow'/.exec(message)?.[1]
  if (kernel !== undefined) return KERNELS[kernel] && `no kernel ${kernel}: ${KERNELS[kernel]}`
  return REFUSALS.find(([said]) => said.test(message))?.[1]
}
