import { defineConfig } from "rolldown";

import packageJson from "./package.json" with { type: "json" };

/**
 * The program as a few files: loading a hundred small modules takes longer than a run with nothing to do. Only our own
 * code is bundled; what npm installs stays what npm installs.
 */
export default defineConfig({
  input: {
    bin: "src/bin.ts",
    // Found by its name beside the file that starts it.
    worker: "../core/src/threads/worker.ts",
  },
  platform: "node",
  external: Object.keys(packageJson.dependencies),
  output: { dir: "dist", format: "esm", cleanDir: true },
});
