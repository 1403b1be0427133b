#!/usr/bin/env node
import module from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `error: s3pin needs Node.js 22.12 or newer, and this is ${process.versions.node}\n  → Install a newer one: https://nodejs.org/\n`,
  );
  process.exitCode = 1;
} else {
  // Half of the time of a run with nothing to do is the compiling of modules.
  module.enableCompileCache?.();
  const { main } = await import("./cli.ts");
  process.exit(await main(process.argv.slice(2)));
}
