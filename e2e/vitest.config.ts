import { defineConfig } from "vitest/config";

/** Against the embedded server: quick, part of `pnpm test`. */
export default defineConfig({
  test: { include: ["embedded/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 60_000 },
});
