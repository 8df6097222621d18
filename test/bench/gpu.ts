// Milliseconds of one training step on WebGPU, next to PyTorch on CUDA on the same GPU, taking turns, for the models of
// the throughput bench; and of a trial's step by itself and in a group. Says what it lacks where there is no such GPU.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { openEngine } from '@retort/orchestrator/engine/open'
import { tryWebgpu } from '@retort/orchestrator/engine/webgpuPays'
import { timeGroup } from '@retort/orchestrator/trial/timeGroup'
import { openWorkshop } from '@retort/orchestrator/trial/workshop'
import { bundled } from './bundled.ts'
import { type Asked, besideTeachers, configOf, members, students, timedGroups } from './grouped.ts'
import { geometricMean, median, saveResults } from './results.ts'
import { openSide, type Side } from './side.ts'

const models = ['mlp', 'cnn', 'resnet-8', 'resnet-20', 'mobilenet', 'transformer']
const batch = 128
const rounds = 7
/** One turn lasts about so long, in milliseconds. */
const turn = 300

interface Answer {
  milliseconds: number
}
type Process = Side<{ version: string; device: string }, { steps: number }, Answer>

const scriptOf = (file: string) => join(import.meta.dirname, file)
const rounded = (number: number) => Math.round(number * 100) / 100

/** What is missing for the comparison, for people; and the Python whose PyTorch has CUDA. */
async function look(): Promise<{ lacks: string[]; python: string | undefined }> {
  const lacks: string[] = []
  const asks = 'import torch, sys; sys.exit(0 if torch.cuda.is_available() else 1)'
  const python = ['python3', '/usr/bin/python3'].find((each) => spawnSync(each, ['-c', asks]).status === 0)
  if (python === undefined) lacks.push('PyTorch with CUDA: python3 -c "import torch; torch.cuda.is_available()"')
  try {
    const { engine, pays, detail } = await tryWebgpu(1)
    await engine.close()
    if (!pays) lacks.push(`a GPU for WebGPU: ${detail}`)
  } catch (error) {
    lacks.push(`WebGPU: ${(error as Error).message.trim()}`)
  }
  return { lacks, python }
}

async function measure(model: string, python: string) {
  const own = [...(await bundled('trialOfRetort.ts')), 'onnx', 'webgpu', 'bench', model, String(batch)]
  const sides: Record<string, Process> = {
    retort: await openSide(own, {}),
    pytorch: await openSide([python, scriptOf('peers/gpu.py'), model, String(batch)], {}),
  }
  const steps: Record<string, number> = {}
  const times: Record<string, number[]> = { retort: [], pytorch: [] }
  for (const [name, side] of Object.entries(sides)) {
    await side.ask({ steps: 3 })
    // Fewer would wait for their losses more often than trials do.
    steps[name] = Math.max(16, Math.round(turn / (await side.ask({ steps: 3 })).milliseconds))
  }
  for (let round = 0; round < rounds; round++) {
    for (const [name, side] of Object.entries(sides)) {
      times[name]!.push((await side.ask({ steps: steps[name]! })).milliseconds)
    }
  }
  const greetings = Object.entries(sides).map(([name, { greeting }]) => [name, greeting.version])
  const device = sides.pytorch!.greeting.device
  for (const side of Object.values(sides)) await side.close()
  const milliseconds = Object.fromEntries(Object.entries(times).map(([name, each]) => [name, rounded(median(each))]))
  const pytorch = rounded(milliseconds.pytorch! / milliseconds.retort!)
  return { device, versions: Object.fromEntries(greetings), row: { model, batch, milliseconds, times: { pytorch } } }
}

const alone: typeof students = {
  ...students,
  'MLP 784-800-800-10': { type: 'mlp', hidden: [800, 800], activation: 'relu', dropout: 0 },
}
const grouped: Record<string, Asked> = {
  ...Object.fromEntries(
    Object.entries(alone).map(([name, architecture]) => [name, { config: configOf(architecture, 0), teacher: null }]),
  ),
  ...besideTeachers,
}

/** @param asked the models; all by default */
export async function gpu(asked: string[] = models): Promise<void> {
  const { lacks, python } = await look()
  if (lacks.length > 0 || python === undefined) {
    return console.log(`Not measured, since this machine lacks:\n${lacks.map((each) => `  ${each}`).join('\n')}`)
  }
  const measured = []
  for (const model of asked) {
    const each = await measure(model, python)
    console.log(JSON.stringify(each.row))
    measured.push(each)
  }
  const { device, versions } = measured[0]!
  const rows = measured.map(({ row }) => row)
  const geometricMeans = { pytorch: rounded(geometricMean(rows.map(({ times }) => times.pytorch))) }
  const workshop = openWorkshop(openEngine)
  const placement = { engine: 'onnx', device: 'webgpu', threads: 1 } as const
  const groups: Record<string, object>[] = []
  for (const sameSeed of [true, false]) {
    const group = { members, sameSeed }
    groups.push(await timedGroups(grouped, group, placement, (request) => timeGroup(request, workshop)))
    console.table(groups.at(-1))
  }
  saveResults('gpu', { device, rounds, versions, geometricMeans, rows, groups })
}
