// A side of a bench as one file of JavaScript: a loader of TypeScript would add some 70 MiB to its process, which trials,
// whose code is compiled, do not have.
import { basename, join } from 'node:path'
import { build } from 'esbuild'

/** @returns the command that runs the script */
export async function bundled(script: string): Promise<string[]> {
  const outfile = join(import.meta.dirname, 'results', basename(script).replace(/\.ts$/, '.mjs'))
  await build({
    entryPoints: [join(import.meta.dirname, script)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['source'],
    // They load binaries that lie beside them; and what is no module asks for `require`.
    external: ['onnxruntime-node', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu', 'sharp'],
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url)",
    },
    logLevel: 'error',
  })
  return [process.execPath, outfile]
}
