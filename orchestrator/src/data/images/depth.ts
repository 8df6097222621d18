// Whether bytes keep what images hold that have more than a byte for a number: sensors and depth cameras write 16 bits
// and use a few of them.

/** So many different bytes are half of all, as good as any picture. */
const enough = 128

export interface DepthGauge {
  /** Whether more images of the depth can change what is found. */
  asksFor(depth: string): boolean
  /** @param bytes of the same image as the numbers */
  add(depth: string, bytes: Uint8Array, numbers: Float32Array): void
  /** Whether the numbers differ in more than the bytes do. */
  bytesAreTooShort(): boolean
}

/**
 * Of 16 bits a byte has the upper 8; of other numbers what stands before the point, where that is from 0 to 255. What is
 * lost counts where few bytes are left of more numbers, and where a byte is another number.
 */
export function depthGauge(): DepthGauge {
  const bytesSeen = new Set<number>()
  const numbersSeen = new Set<number>()
  let clipped = false
  return {
    asksFor: (depth) => depth !== 'uchar' && !clipped && (depth !== 'ushort' || bytesSeen.size < enough),
    add(depth, bytes, numbers) {
      if (depth !== 'ushort') clipped ||= numbers.some((number, at) => Math.abs(number - (bytes[at] as number)) >= 1)
      for (const byte of bytes) bytesSeen.add(byte)
      // More than there are bytes need not be told apart.
      for (let at = 0; at < numbers.length && numbersSeen.size <= 256; at++) numbersSeen.add(numbers[at] as number)
    },
    bytesAreTooShort: () => clipped || (bytesSeen.size < enough && numbersSeen.size > bytesSeen.size),
  }
}
