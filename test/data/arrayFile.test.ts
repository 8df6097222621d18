// Arrays of every type that NumPy and safetensors write, against bytes that they wrote.
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { expect, it } from 'vitest'
import { arrayNamed, openArrays } from '../../orchestrator/src/data/arrayFile.ts'
import type { Complain } from '../../orchestrator/src/data/numberTypes.ts'
import { npyOf } from './npyFile.ts'

const problem: Complain = (message, at = 'file') => new Error(`${at}: ${message}`)
const read = async (bytes: Buffer, name: string | null = null) =>
  arrayNamed(await openArrays(bytes, problem), name, problem)
const numbers = async (bytes: Buffer, name: string | null = null) => {
  const { values } = await read(bytes, name)
  return Array.from(values as ArrayLike<number>, Number)
}
const hex = (text: string) => Buffer.from(text, 'hex')

const whole = [0, 1, 2, 100, 127, 5]
const negative = whole.map((value) => 0 - value)
const fractions = [0, -0, 1, -2.5, 2 ** -24, 65504]
// numpy.array(numbers).astype(descr).tobytes().hex(), NumPy 2.4.6; those of bool are [0, 1, 1, 0, 0, 1].
const written: [descr: string, type: string, expected: number[], bytes: string][] = [
  ['|b1', 'bool', [0, 1, 1, 0, 0, 1], '000101000001'],
  ['|u1', 'uint8', whole, '000102647f05'],
  ['|i1', 'int8', negative, '00fffe9c81fb'],
  ['<u2', 'uint16', whole, '00000100020064007f000500'],
  ['<i2', 'int16', negative, '0000fffffeff9cff81fffbff'],
  ['<u4', 'uint32', whole, '000000000100000002000000640000007f00000005000000'],
  ['<i4', 'int32', negative, '00000000fffffffffeffffff9cffffff81fffffffbffffff'],
  [
    '<u8',
    'uint64',
    whole,
    '00000000000000000100000000000000020000000000000064000000000000007f000000000000000500000000000000',
  ],
  [
    '<i8',
    'int64',
    negative,
    '0000000000000000fffffffffffffffffeffffffffffffff9cffffffffffffff81fffffffffffffffbffffffffffffff',
  ],
  ['>u2', 'uint16', whole, '0000000100020064007f0005'],
  ['>i2', 'int16', negative, '0000fffffffeff9cff81fffb'],
  ['>u4', 'uint32', whole, '000000000000000100000002000000640000007f00000005'],
  ['>i4', 'int32', negative, '00000000fffffffffffffffeffffff9cffffff81fffffffb'],
  [
    '>u8',
    'uint64',
    whole,
    '0000000000000000000000000000000100000000000000020000000000000064000000000000007f0000000000000005',
  ],
  [
    '>i8',
    'int64',
    negative,
    '0000000000000000fffffffffffffffffffffffffffffffeffffffffffffff9cffffffffffffff81fffffffffffffffb',
  ],
  ['<f2', 'float16', fractions, '00000080003c00c10100ff7b'],
  ['<f4', 'float32', fractions, '00000000000000800000803f000020c00000803300e07f47'],
  [
    '<f8',
    'float64',
    fractions,
    '00000000000000000000000000000080000000000000f03f00000000000004c0000000000000703e0000000000fcef40',
  ],
  ['>f2', 'float16', fractions, '000080003c00c10000017bff'],
  ['>f4', 'float32', fractions, '00000000800000003f800000c020000033800000477fe000'],
  [
    '>f8',
    'float64',
    fractions,
    '000000000000000080000000000000003ff0000000000000c0040000000000003e7000000000000040effc0000000000',
  ],
  ['<f2', 'float16', [Infinity, -Infinity, NaN, 2 ** -14, 1023 * 2 ** -24, -(2 ** -24)], '007c00fc007e0004ff030180'],
]

it.each(written)('%s is read as %s: %j', async (descr, type, expected, bytes) => {
  const file = npyOf(`'${descr}'`, [2, 3], hex(bytes))
  expect(await read(file)).toMatchObject({ dims: [2, 3], type })
  expect(await numbers(file)).toEqual(expected)
})

it('Fortran order becomes C order, big-endian or not', async () => {
  const expected = Array.from({ length: 24 }, (_, at) => at)
  // numpy.asfortranarray(numpy.arange(24).reshape(2, 3, 4).astype(descr)).tobytes('F').hex()
  const orders: [string, string][] = [
    ['>i2', '0000000c00040010000800140001000d00050011000900150002000e00060012000a00160003000f00070013000b0017'],
    ['|u1', '000c04100814010d05110915020e06120a16030f07130b17'],
  ]
  for (const [descr, bytes] of orders)
    expect(await numbers(npyOf(`'${descr}'`, [2, 3, 4], hex(bytes), true))).toEqual(expected)
})

/** As safetensors lays a file out. */
function tensors(parts: Record<string, { dtype: string; shape: number[]; bytes: Buffer }>): Buffer {
  let end = 0
  const header = Object.entries(parts).map(([name, { dtype, shape, bytes }]) => {
    end += bytes.length
    return [name, { dtype, shape, data_offsets: [end - bytes.length, end] }]
  })
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, ...Object.values(parts).map(({ bytes }) => bytes)])
}

// torch.tensor([1, -2.5, 0.1, 3e38]).to(torch.bfloat16).view(torch.int16).numpy().tobytes().hex(), and .float().tolist()
const bf16 = { dtype: 'BF16', shape: [2, 2], bytes: hex('803f20c0cd3d627f') }

it('bfloat16 and bool of safetensors are read, gzipped files too', async () => {
  const file = tensors({ a: bf16, b: { dtype: 'BOOL', shape: [2], bytes: hex('0100') } })
  expect(await read(file, 'a')).toMatchObject({ dims: [2, 2], type: 'bfloat16' })
  const expected = [1, -2.5, 0.10009765625, 3.00405527047391e38]
  expect((await numbers(file, 'a')).map((value, at) => value / expected[at]!)).toEqual([1, 1, 1, expect.closeTo(1, 14)])
  expect(await numbers(gzipSync(file), 'b')).toEqual([1, 0])
  expect(await numbers(gzipSync(npyOf(`'|u1'`, [2], hex('0709'))))).toEqual([7, 9])
})

it('damaged bytes of archives are told by their checksum', async () => {
  const values = Buffer.from(Float32Array.from({ length: 64 }, (_, at) => at).buffer)
  const stored = Buffer.from(zipSync({ 'x.npy': npyOf(`'<f4'`, [64], values) }, { level: 0 }))
  expect((await numbers(stored, 'x')).slice(0, 3)).toEqual([0, 1, 2])
  // In the midst of the numbers: 300 bytes into an archive that begins with two headers of less than 200.
  stored[300]! ^= 1
  await expect(read(stored, 'x')).rejects.toThrow(
    /^file: x: damaged: expected bytes of the checksum [0-9a-f]{8}, got [0-9a-f]{8}$/,
  )
})

it('archives are read by the names in them, which errors list', async () => {
  const one = npyOf(`'|u1'`, [2], hex('0709'))
  const single = Buffer.from(zipSync({ 'logits.npy': one }))
  const several = Buffer.from(zipSync({ 'x.npy': one, 'y.npy': npyOf(`'<i2'`, [1], hex('0500')) }))
  expect(await numbers(single)).toEqual([7, 9])
  expect(await numbers(several, 'y')).toEqual([5])
  await expect(read(several)).rejects.toThrow('name: it has several arrays: say which of "x", "y"')
  await expect(read(several, 'z')).rejects.toThrow('name: expected one of its arrays: "x", "y", got "z"')
  await expect(read(one, 'x')).rejects.toThrow('name: a .npy file holds one array, without a name')
  await expect(read(Buffer.from(zipSync({ 'x.npy': one.subarray(0, -1) })))).rejects.toThrow(
    'file: x: expected 2 bytes of uint8 for [2], got 1',
  )
})

const eight = Buffer.alloc(8)

it.each([
  ['objects', npyOf(`'|O'`, [1], eight), /"\|O": Python objects, which are a pickle/],
  ['texts', npyOf(`'<U2'`, [1], eight), /"<U2": texts; numpy\.unique/],
  ['complex numbers', npyOf(`'<c8'`, [1], eight), /"<c8": complex numbers/],
  ['dates', npyOf(`'<M8[D]'`, [1], eight), /"<M8\[D\]": dates or durations; array\.astype\(numpy\.int64\)/],
  ['records', npyOf(`[('a', '<i4'), ('b', '<f4')]`, [1], eight), /one of records with fields/],
  ['long doubles', npyOf(`'<f16'`, [1], Buffer.alloc(16)), /"<f16": floats of more than 64 bits/],
  ['a pickle', hex('80049501000000000000004e2e'), /got a pickle, which is code/],
  ['HDF5', hex('894844460d0a1a0a0000'), /got an HDF5 file/],
  ['an archive of torch.save', Buffer.from(zipSync({ 'model/data.pkl': eight })), /got one of torch\.save/],
  ['damaged gzip', gzipSync(eight).subarray(0, 12), /damaged gzip/],
  [
    'a type of safetensors',
    tensors({ a: { dtype: 'F8_E4M3', shape: [8], bytes: eight } }),
    /expected one of F64, .*got F8_E4M3/,
  ],
  ['too many bytes', npyOf(`'<f4'`, [1], eight), /expected 4 bytes of float32 for \[1\], got 8/],
])('%s are refused with a sentence', async (_, bytes, message) => {
  await expect(read(bytes)).rejects.toThrow(message)
})
