// Hears of the store's changes, over one connection for all tabs of the browser: it allows six to a host.

export type Connection = 'connecting' | 'live' | 'reconnecting'

/** What tabs tell each other; a new one asks, and the one that holds the connection answers. */
type Message = { connection: Connection; version: string | null } | 'hello'

const name = 'retort-changes'
const retryMilliseconds = 3000

/**
 * @param heard gets the state of the connection, and the store's version once it is known
 * @returns ends it
 */
export function followChanges(heard: (connection: Connection, version: string | null) => void): () => void {
  const ended = new AbortController()
  const tabs = new BroadcastChannel(name)
  const send = (message: Message) => tabs.postMessage(message)
  let leading = false
  let connection: Connection = 'connecting'
  let version: string | null = null

  const tell = () => {
    heard(connection, version)
    send({ connection, version })
  }
  tabs.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data !== 'hello') heard(data.connection, data.version)
    else if (leading) send({ connection, version })
  }
  send('hello')

  const lead = () =>
    new Promise<void>((release) => {
      leading = true
      let retry: ReturnType<typeof setTimeout> | undefined
      let source: EventSource
      const connect = () => {
        source = new EventSource('/events')
        source.onmessage = ({ data }: MessageEvent<string>) => {
          connection = 'live'
          version = JSON.parse(data)
          tell()
        }
        source.onerror = () => {
          connection = 'reconnecting'
          tell()
          // The browser retries by itself, but not after an answer that was no event stream.
          if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, retryMilliseconds)
        }
      }
      connect()
      ended.signal.addEventListener('abort', () => {
        clearTimeout(retry)
        source.close()
        release()
      })
    })
  // The tab that holds the lock holds the connection; when it closes, another one gets the lock.
  navigator.locks.request(name, { signal: ended.signal }, lead).catch((error: unknown) => {
    if (!ended.signal.aborted) throw error
  })

  return () => {
    ended.abort()
    tabs.close()
  }
}
