// Which engines took part in a result, and how people are told.

/** An engine and the device that it ran on. */
export interface RanEngine {
  engine: string
  device: string
}

const same = (one: RanEngine, other: RanEngine): boolean => one.engine === other.engine && one.device === other.device

/** Each once, in the order in which they took part. */
export const joined = (engines: readonly RanEngine[]): RanEngine[] =>
  engines.filter((each, place) => engines.findIndex((other) => same(each, other)) === place)

/** `onnx (cpu)`, or `onnx (cpu) and tensorflow (cuda)` where one went on from what the other had left. */
export const enginesText = (engines: readonly RanEngine[]): string =>
  engines.map(({ engine, device }) => `${engine} (${device})`).join(' and ')

interface Result {
  /** Its trial's. */
  status: string
  configuration: string
  engines: RanEngine[] | null
}

export interface SweepEngines {
  /** Of its results, by how they are told; the order is that of the trials. */
  results: { engines: RanEngine[]; trials: number }[]
  /** Of each configuration's results. */
  byConfiguration: Map<string, RanEngine[]>
}

/** What the trials that are done were computed on. */
export function enginesOf(trials: readonly Result[]): SweepEngines {
  const results = new Map<string, { engines: RanEngine[]; trials: number }>()
  const byConfiguration = new Map<string, RanEngine[]>()
  for (const { status, configuration, engines } of trials) {
    if (status !== 'done' || engines === null) continue
    const name = enginesText(engines)
    results.set(name, { engines, trials: (results.get(name)?.trials ?? 0) + 1 })
    byConfiguration.set(configuration, joined([...(byConfiguration.get(configuration) ?? []), ...engines]))
  }
  return { results: [...results.values()], byConfiguration }
}
