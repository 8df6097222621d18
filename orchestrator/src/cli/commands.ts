// The command line: reads arguments, runs a command, and turns its end into an exit code.
import { Command, InvalidArgumentError, Option } from 'commander'
import { InputError } from '../errors/problem.ts'
import { executors } from '../executor/executors.ts'
import { errorColors } from './colors.ts'
import { getData, listData } from './data.ts'
import { doctor } from './doctor.ts'
import { exitCodes } from './exitCodes.ts'
import { exportTrial } from './export.ts'
import { list } from './list.ts'
import { printJson } from './output.ts'
import { plan } from './plan.ts'
import { profile } from './profile.ts'
import { orders, rank } from './rank.ts'
import { report } from './report.ts'
import { run } from './run.ts'
import { serveDashboard } from './serve.ts'
import { show } from './show.ts'
import { watchOutput } from './streams.ts'
import { validate } from './validate.ts'

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('expected a whole number from 1')
  return Number(text)
}

const port = (text: string): number => {
  const number = wholeNumber(text)
  if (number > 65535) throw new InvalidArgumentError('expected a port, 1 to 65535')
  return number
}

watchOutput()
/** Whether a program reads what is printed. */
const json = process.argv.includes('--json')

const program = new Command('retort')
  .description('Find the small model to ship: knowledge-distillation sweeps from one JSON file.')
  .showHelpAfterError('(retort --help lists the commands)')
  .exitOverride()
  // Programs are told in JSON, below.
  .configureOutput(json ? { writeErr: () => {} } : {})
  .addHelpText(
    'after',
    `
Exit codes: 0 done, 1 some trials failed, 2 bad input, 70 an error of Retort itself,\n74 output that could not be written, 75 the store is in use by another run, 130 interrupted.`,
  )

const command = (usage: string, description: string) =>
  program.command(usage).description(description).exitOverride().showHelpAfterError()
const withStore = (to: Command) => to.option('--store <file>', 'the store', '.retort/retort.db')
const withStrict = (to: Command) => to.option('--strict', 'refuse what is only warned of else')
const withEngineStrict = (to: Command) =>
  to.option('--engine-strict', 'count as done only what this engine computed, and go on from no other’s checkpoint')
const withJson = (to: Command) => to.option('--json', 'print JSON')

withStrict(withJson(command('validate <spec>', 'check a file, all of it at once'))).action(validate)
withEngineStrict(
  withStrict(
    withStore(
      withJson(command('plan <spec>', 'show the trials, the models’ sizes, the loss, and what is done already')),
    ),
  ),
)
  .option('--trials', 'list every trial')
  .action(plan)
withJson(command('profile <spec>', 'show where the time of a model’s training steps goes'))
  .option('--student <id>', 'which student')
  .option('--teacher <id>', 'which teacher')
  .option('--steps <number>', 'how many steps to measure', wholeNumber, 20)
  .option('--top <number>', 'how many lines to show', wholeNumber, 10)
  .action(profile)
withEngineStrict(withStrict(withStore(command('run <spec>', 'train what is not trained yet'))))
  .option('--retry-failed', 'run diverged and failed trials again')
  .addOption(
    new Option('--executor <name>', 'where trials run: in processes of their own, or for debugging in this one, singly')
      .choices(Object.keys(executors))
      .default('local'),
  )
  .option('--serve', 'serve the dashboard afterwards')
  .option('--port <number>', 'the dashboard’s port', port, 3000)
  .action(async (spec, options) => {
    process.exitCode = await run(spec, options)
  })
withStore(withJson(command('list', 'list the sweeps'))).action(list)
withStore(withJson(command('show <sweep>', 'show a sweep’s trials, failures and logits'))).action(show)
withStore(withJson(command('rank <sweep>', 'rank students by validation accuracy')))
  .option('--top <number>', 'show only the best', wholeNumber)
  .addOption(new Option('--sort <by>', 'show first what is best by this').choices(orders).default('accuracy'))
  .action(rank)
withStore(command('report <sweep>', 'write a sweep as one document, with intervals, verdicts, failures and versions'))
  .option('--format <format>', 'md or html', 'md')
  .option('--out <file>', 'the file to write, instead of printing it')
  .action(report)
withStore(withJson(command('export <trial>', 'write a trained student as a model file')))
  .requiredOption('--format <format>', 'onnx or tfjs')
  .requiredOption('--out <dir>', 'the folder to write to')
  .action(exportTrial)
withStore(command('dashboard', 'serve the dashboard on this machine'))
  .option('--port <number>', 'the port', port, 3000)
  .action(async ({ store, port }) => {
    process.exitCode = await serveDashboard(store, port)
  })
const data = command('data', 'data sets that have a name: list them, or get one')
const dataCommand = (usage: string, description: string) =>
  withJson(data.command(usage).description(description).exitOverride().showHelpAfterError())
dataCommand('list', 'list the data sets that have a name').action(listData)
dataCommand('get <name>', 'download a data set, or take it from a folder; check it and unpack it')
  .option('--from <folder>', 'a folder that has the files as they are published')
  .option('--to <folder>', 'where to put what they hold (default: data/NAME)')
  .action(getData)
withJson(command('doctor', 'say which engines and devices work here, and why not'))
  .option('--kernels', 'list the TensorFlow.js kernels that the onnx engine has rules for, and those it has not')
  .action(doctor)

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = tell(error)
}

/** Tells people, or a program that asked for JSON, what went wrong. */
function tell(thrown: unknown): number {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const ofOptions = 'code' in error && String(error.code).startsWith('commander.')
  // Help and version are no errors.
  if (ofOptions && 'exitCode' in error && error.exitCode === 0) return exitCodes.done
  const known = 'exitCode' in error && typeof error.exitCode === 'number'
  const exitCode = ofOptions ? exitCodes.badInput : known ? (error.exitCode as number) : exitCodes.internal
  if (json) printJson(errorJson(error, exitCode))
  // Of options commander has told already.
  else if (!ofOptions) console.error(known ? error.message : `${errorColors.red('error')}: ${error.message}`)
  if (process.env.RETORT_DEBUG) console.error(error.stack)
  return exitCode
}

/** One shape for all errors: those of a file have their problems, each with its place. */
function errorJson(error: Error, exitCode: number) {
  const told = { error: { message: error.message.replace(/^error: /, ''), exitCode } }
  return error instanceof InputError ? { valid: false, ...told, problems: error.problems } : { ...told, problems: [] }
}
