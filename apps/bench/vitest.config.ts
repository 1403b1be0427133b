import { defineConfig } from "vitest/config";

// A test that hangs is ended; one that waits for a busy machine is not.
export default defineConfig({ test: { include: ["src/**/*.test.ts"], testTimeout: 60_000 } });
