// Teachers: trained here, or given as a model, as logits or as the mean of others.
import { architectureSchema } from './architectures.ts'
import { id } from './id.ts'
import { schema } from './schema.ts'
import { charactersTokenizer, fileTokenizer, wordsTokenizer } from './tokenizers.ts'
import { trainingOverride } from './training.ts'

export const gives = schema({
  name: 'Gives',
  description:
    'What the numbers are. Of probabilities the logarithm is taken; those below 1.2e-38 count as that. Left out, they are logits, and rows that are probabilities are refused.',
  enum: ['logits', 'probabilities'],
  default: 'logits',
  examples: ['probabilities'],
})

export const affineNormalisation = schema({
  name: 'AffineNormalisation',
  description: '(value / scale - mean) / deviation.',
  type: 'object',
  required: ['mean', 'deviation'],
  additionalProperties: false,
  properties: {
    mean: {
      description: 'Of each channel or column, or one for all.',
      type: 'array',
      minItems: 1,
      items: { type: 'number', float32: 'itself' },
      examples: [[0.485, 0.456, 0.406]],
    },
    deviation: {
      description: 'Of each channel or column, or one for all.',
      type: 'array',
      minItems: 1,
      items: { type: 'number', float32: 'itself', exclusiveMinimum: 0 },
      examples: [[0.229, 0.224, 0.225]],
    },
    scale: {
      description:
        "What the data's numbers are divided by first. Left out, it is what the data set divides them by itself: 255 for bytes, 1 for other numbers.",
      type: 'number',
      float32: 'itself',
      exclusiveMinimum: 0,
      examples: [255, 1],
    },
  },
  examples: [{ mean: [0], deviation: [1] }],
})

export const normalisation = schema({
  name: 'Normalisation',
  description:
    'How the model takes its inputs: "none", as the files have them; "standardised", as the data set is standardised here; or (value / scale - mean) / deviation, for each channel or column. Left out, it is what the model\'s own metadata say, as those of Retort\'s exports do, and else "none" for tables and "standardised" for others.',
  oneOf: [{ enum: ['none', 'standardised'] }, affineNormalisation],
  examples: [{ mean: [0], deviation: [1] }, 'none'],
})

export const teacherTokenizer = schema({
  name: 'TeacherTokenizer',
  description:
    "The tokenizer.json that the model was trained with, relative to this file. Before anything trains it is compared to the tokenizer by which the model is to read: the data set's, or the teacher's own. Left out, nothing is compared but the hash that the metadata of Retort's own exports have.",
  type: 'string',
  examples: ['models/tokenizer.json'],
})

export const tfjsTeacher = schema({
  name: 'TfjsTeacher',
  description:
    'A trained model as TensorFlow.js writes it: model.json, and beside it the files of weights that it names. It is evaluated, not trained. A softmax at the end of a layers-model is left out. What the files say decides which trial this is, not where they lie.',
  type: 'object',
  required: ['file'],
  additionalProperties: false,
  properties: {
    file: {
      description: 'The model.json, of a layers-model or a graph-model; the path is relative to this file.',
      type: 'string',
      examples: ['models/big/model.json'],
    },
    output: {
      description:
        'Of a graph-model: the name of the output to learn from. To be said only where several could be meant.',
      type: 'string',
      examples: ['logits'],
    },
    gives: {
      description:
        'Of a graph-model: what the numbers are, as of an ONNX model. Left out, they are logits, and rows that are probabilities are refused. A layers-model gives logits, since a softmax at its end is left out.',
      enum: ['logits', 'probabilities'],
      examples: ['probabilities'],
    },
    normalisation: normalisation,
    tokenizer: teacherTokenizer,
  },
  examples: [{ file: 'models/big/model.json' }],
})

export const onnxTeacher = schema({
  name: 'OnnxTeacher',
  description:
    'A trained model as ONNX, run by onnxruntime. It is evaluated, not trained. One that reads token ids may take "attention_mask", which tells the tokens of a text from those that fill it up, "token_type_ids" and "position_ids" beside them, as those of Hugging Face do. One for a next-token text gives logits [batch, length, classes]. What the file says decides which trial this is, not where it lies.',
  type: 'object',
  required: ['file'],
  additionalProperties: false,
  properties: {
    file: {
      description: 'The model, with its weights inside or in files beside it; the path is relative to this file.',
      type: 'string',
      examples: ['models/big.onnx'],
    },
    inputLayout: {
      description:
        "The order of its input's axes: channels before or after height and width. To be said only where the shapes leave it open.",
      enum: ['NCHW', 'NHWC'],
      examples: ['NCHW'],
    },
    output: {
      description: 'The name of the output to learn from. To be said only where several could be meant.',
      type: 'string',
      examples: ['logits'],
    },
    gives: gives,
    normalisation: normalisation,
    tokenizer: teacherTokenizer,
  },
  examples: [{ file: 'models/big.onnx', normalisation: { mean: [0.5], deviation: [0.5] }, gives: 'probabilities' }],
})

export const idsFile = schema({
  name: 'IdsFile',
  description:
    "Which sample each row of logits belongs to: whole numbers, its place in its file, from 0. Left out, the rows stand in the samples' order.",
  type: 'object',
  required: ['file'],
  additionalProperties: false,
  properties: {
    file: {
      description: 'A .npy, .npz or .safetensors file of integers [rows]; the path is relative to this file.',
      type: 'string',
      examples: ['logits/ids.npy'],
    },
    tensor: {
      description: 'Which array of a .npz or .safetensors file. To be said only where it has several.',
      type: 'string',
      examples: ['ids'],
    },
  },
  examples: [{ file: 'logits/ids.npy' }],
})

export const logitsFile = schema({
  name: 'LogitsFile',
  description:
    'A file of logits: one row for each sample of the file that the samples are from, in its order, or for the samples that ids name. Of a next-token text a row is a window: those to train on stand before those to validate on.',
  type: 'object',
  required: ['file'],
  additionalProperties: false,
  properties: {
    file: {
      description: 'A .npy, .npz or .safetensors file; the path is relative to this file.',
      type: 'string',
      examples: ['logits/train.npy'],
    },
    tensor: {
      description: 'Which array of a .npz or .safetensors file. To be said only where it has several.',
      type: 'string',
      examples: ['logits'],
    },
    ids: idsFile,
  },
  examples: [{ file: 'logits/train.npy', ids: { file: 'logits/ids.npy' } }],
})

export const logitsTeacher = schema({
  name: 'LogitsTeacher',
  description:
    'Logits that were computed elsewhere, as NumPy (.npy, .npz) or safetensors files of float16, bfloat16, float32 or float64 numbers [samples, classes], of a next-token text [windows, length, classes]. What the files say decides which trial this is, not where they lie.',
  type: 'object',
  required: ['train'],
  additionalProperties: false,
  properties: {
    train: {
      $ref: logitsFile,
      description: "Of the training file's samples, those that are held out for validation included.",
    },
    test: {
      $ref: logitsFile,
      description:
        "Of the test file's samples. Without it the teacher's test accuracy and students' agreement with it are unknown.",
    },
    gives: gives,
  },
  examples: [{ train: { file: 'logits/train.npy' }, test: { file: 'logits/test.npy' } }],
})

export const ensembleTeacher = schema({
  name: 'EnsembleTeacher',
  description: 'The weighted mean of other teachers of the file.',
  type: 'object',
  required: ['of'],
  additionalProperties: false,
  properties: {
    of: {
      description: "The teachers' ids.",
      type: 'array',
      minItems: 2,
      uniqueItems: true,
      items: { type: 'string' },
      examples: [['big', 'bigger']],
    },
    weights: {
      description: 'How much each of them counts, in the same order. Left out, all count the same.',
      type: 'array',
      minItems: 2,
      items: { type: 'number', float32: 'itself', exclusiveMinimum: 0 },
      examples: [[2, 1]],
    },
    mean: {
      description:
        "What is averaged: the logits, or the probabilities, whose logarithms are then the ensemble's logits.",
      enum: ['logits', 'probabilities'],
      default: 'logits',
      examples: ['probabilities'],
    },
  },
  examples: [{ of: ['big', 'bigger'], weights: [2, 1], mean: 'probabilities' }],
})

export const teacher = schema({
  name: 'Teacher',
  description:
    'A model that teaches: one that is trained here has an architecture; one that is not has, in its place, one of tfjs, onnx, logits and ensemble, and neither training nor seed.',
  type: 'object',
  required: ['id'],
  additionalProperties: false,
  properties: {
    id: id,
    architecture: architectureSchema,
    tfjs: tfjsTeacher,
    onnx: onnxTeacher,
    logits: logitsTeacher,
    ensemble: ensembleTeacher,
    tokenizer: {
      description:
        'By what a teacher reads a next-token text: one that is trained here, or in `onnx` or `tfjs`. Left out, it reads the tokens of the data set. With one of its own it reads, and learns from, the same stretches of the text as its students, and teaches by `uld` alone: at the positions that predict a token which begins where one of its own does.',
      oneOf: [charactersTokenizer, wordsTokenizer, fileTokenizer],
      examples: [{ type: 'words', size: 2000 }, { file: 'models/tokenizer.json' }],
    },
    length: {
      description:
        "Positions of the windows of a teacher that has a tokenizer. Left out, as many as the longest stretch of text of a student's window takes in its tokens; no fewer can be used, so that it never knows less of the text than its students.",
      type: 'integer',
      minimum: 2,
      maximum: 65536,
      examples: [128],
    },
    training: trainingOverride,
    seed: {
      description: "The teacher's seed.",
      type: 'integer',
      minimum: 0,
      maximum: 4294967295,
      default: 1,
      examples: [1],
    },
  },
  examples: [
    { id: 'big', architecture: { type: 'cnn', filters: [32, 64], dense: [128] } },
    { id: 'exported', onnx: { file: 'models/big.onnx' } },
    { id: 'both', ensemble: { of: ['big', 'exported'], mean: 'probabilities' } },
  ],
})
