// Stands for tinypool in the tests of the worker: a child process that answers requests, one after the other, and
// sends the last answer. With --die-after-epoch it kills itself some steps after the first epoch.
import answer from '../../orchestrator/src/trial/worker.ts'

type Request = Parameters<typeof answer>[0]

const send = process.send!.bind(process)

function dieSoon(turns: number): void {
  if (turns === 0) process.kill(process.pid, 'SIGKILL')
  else setImmediate(dieSoon, turns - 1)
}

if (process.argv.includes('--die-after-epoch')) {
  process.send = (message: { type?: string }) => {
    if (message.type === 'epoch') dieSoon(4)
    return send(message)
  }
}

process.once('message', async (requests: Request[]) => {
  let answered: unknown
  for (const request of requests) {
    answered = await answer(request).catch((error: Error) => ({ error: error.message }))
  }
  send({ answered }, () => process.exit())
})
