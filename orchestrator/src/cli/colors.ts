// Colours on a terminal, and nowhere else: picocolors alone also colours what a pipe reads, on Windows and where CI is set.
import pc from 'picocolors'

const on = (stream: NodeJS.WriteStream) => pc.createColors(stream.isTTY === true && pc.isColorSupported)

export const outputColors = on(process.stdout)
export const errorColors = on(process.stderr)
