// Server-sent events: the store's version at once and after every change, and a comment now and then that keeps
// the line open.
import { onChange, storeVersion } from '../../store/watch.ts'

export const dynamic = 'force-dynamic'

const pingMilliseconds = 15_000

export function GET(request: Request): Response {
  const text = new TextEncoder()
  let stop = () => {}
  const events = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (message: string) => controller.enqueue(text.encode(message))
      const sendVersion = (version: string) => send(`data: ${JSON.stringify(version)}\n\n`)
      send('retry: 1000\n')
      sendVersion(storeVersion())
      const stopWatching = onChange(sendVersion)
      const pings = setInterval(() => send(': ping\n\n'), pingMilliseconds)
      const end = () => {
        stop()
        controller.close()
      }
      stop = () => {
        stopWatching()
        clearInterval(pings)
        request.signal.removeEventListener('abort', end)
      }
      request.signal.addEventListener('abort', end)
    },
    cancel: () => stop(),
  })
  return new Response(events, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      // no-transform keeps compression from holding events back.
      'cache-control': 'no-cache, no-transform',
    },
  })
}
