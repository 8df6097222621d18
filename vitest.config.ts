import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    // Native libraries are loaded by most files, and a crash of one must not take others along.
    pool: 'forks',
    testTimeout: 0,
    hookTimeout: 0,
  },
})
