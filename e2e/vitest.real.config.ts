import { defineConfig } from "vitest/config";

/** Against real servers, which are installed on the way: `pnpm e2e`. */
export default defineConfig({
  test: {
    include: ["real/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // The figures of the long runs.
    disableConsoleIntercept: true,
    reporters: ["verbose"],
  },
});
