// The name under which the backend is registered: apart from the backend, so that layers that ask for it load without it.

/** tfjs-core splits kernel keys on `_`, so it has none. */
export const BACKEND = 'retort'
