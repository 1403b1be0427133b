import { defineConfig } from "vitest/config";

// Most tests start the built program several times.
export default defineConfig({ test: { include: ["src/**/*.test.ts"], testTimeout: 30_000 } });
