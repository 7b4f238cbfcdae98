/**
 * Four test projects that share one runner: unit (pure code), webview (the views in a simulated browser), integration (real worker and model), e2e (a real VS Code).
 * The suites that run inside an extension host use Mocha and are started by test/vscode/.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The machine has few cores and the engine uses them: real-engine suites run one file after the other.
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], environment: 'node' } },
      {
        esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
        test: { name: 'webview', include: ['test/webview/**/*.test.{ts,tsx}'], environment: 'jsdom' },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          poolOptions: { forks: { singleFork: true } },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          poolOptions: { forks: { singleFork: true } },
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
