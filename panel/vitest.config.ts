// How the panel's rules are tested: without a browser. What only a browser shows is tested in `tests/panel`.
import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { include: ['tests/**/*.test.ts'], setupFiles: ['tests/setup.ts'] } })
