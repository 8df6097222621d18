// Stands for tinypool in the tests of the worker: a child process that answers one request and sends what it answers.
import answer from '../../orchestrator/src/trial/worker.ts'

process.once('message', async (request: Parameters<typeof answer>[0]) => {
  const answered = await answer(request).catch((error: Error) => ({ error: error.message }))
  process.send?.({ answered }, () => process.exit())
})
