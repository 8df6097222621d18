// How drizzle-kit writes migrations: `pnpm --filter @retort/schema exec drizzle-kit generate --name …`.
import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'sqlite', schema: './src/database.ts', out: './migrations' })
