// Stands for tinypool in the tests of the worker: a child process that answers requests, one after the other, and
// sends the last answer.
import answer from '../../orchestrator/src/trial/worker.ts'

type Request = Parameters<typeof answer>[0]

process.once('message', async (requests: Request[]) => {
  let answered: unknown
  for (const request of requests) {
    answered = await answer(request).catch((error: Error) => ({ error: error.message }))
  }
  process.send?.({ answered }, () => process.exit())
})
