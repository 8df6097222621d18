// What `pnpm test:quick` runs: tests that need no build, no browser and no child process, and are done within a minute.
import { defineConfig } from 'vitest/config'
import all from './vitest.config.ts'

export default defineConfig({
  ...all,
  test: {
    ...all.test,
    include: [
      'test/structure.test.ts',
      'test/{comparison,data,docs,objectives,plan,published,spec,store}/*.test.ts',
      'test/dashboard/{accuracyFloor,configuration,connection,format,names,sweepQuery}.test.ts',
      'test/engine/{averages,export,extremes,fewerOperations,graph,probe,step}.test.ts',
      'test/executor/{judge,lanes,schedule}.test.ts',
      'test/trial/{batches,biasCorrection,calibration,halves,masks,optimizers,pace,positionLabels,schedules,steps,teaching}.test.ts',
      'test/zoo/{batchNorm,keras,layerNorm,models,sequences,weightLimit}.test.ts',
    ],
    exclude: [
      // They start child processes.
      'test/data/tokenCache.test.ts',
      'test/store/lock.test.ts',
      // They read whole data sets, or make hundreds of plans.
      'test/data/{cifar,spamAssassin}.test.ts',
      'test/plan/properties.test.ts',
    ],
    setupFiles: ['test/noChildProcesses.ts'],
  },
})
