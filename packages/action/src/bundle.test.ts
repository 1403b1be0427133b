import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { startSandbox } from "@s3pin/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";

const BUNDLE = fileURLToPath(new URL("../dist/index.js", import.meta.url));

/** A workspace with a manifest of one pinned object, and what the runner would set. */
async function openWorkspace() {
  const sandbox = await startSandbox();
  const home = realpathSync(mkdtempSync(join(tmpdir(), "s3pin-action-")));
  onTestFinished(async () => {
    await sandbox.close();
    rmSync(home, { recursive: true, force: true });
  });
  const workspace = join(home, "workspace");
  mkdirSync(workspace);
  sandbox.createBucket("media");
  const pinned = sandbox.putObject("media", "site/a.txt", "pinned");
  sandbox.putObject("media", "site/a.txt", "newer");
  const line = (path: string, versionId: string) => `${path},${versionId},6,${pinned.etag},,s3://media/site/\n`;
  const manifest = (lines: string) =>
    writeFileSync(join(workspace, "media.csv"), `path,version_id,size,etag,last_modified,source\n${lines}`);
  manifest(line("a.txt", pinned.versionId));

  const run = async (inputs: Record<string, string> = {}) => {
    const outputs = join(home, "outputs");
    writeFileSync(outputs, "");
    const env: Record<string, string> = {
      PATH: process.env.PATH ?? "",
      ...sandbox.env,
      XDG_CACHE_HOME: join(home, "cache"),
      GITHUB_WORKSPACE: workspace,
      GITHUB_OUTPUT: outputs,
      RUNNER_TEMP: join(home, "temp"),
    };
    const withDefaults = {
      manifest: "media.csv",
      path: "public",
      prune: "false",
      delete: "false",
      "dry-run": "false",
      ...inputs,
    };
    for (const [name, value] of Object.entries(withDefaults)) env[`INPUT_${name.toUpperCase()}`] = value;
    const child = spawn(process.execPath, [BUNDLE], { env, cwd: workspace });
    let log = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        log += chunk;
      });
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    const found = readFileSync(outputs, "utf8").matchAll(/^(\S+?)<<(ghadelimiter_\S+)\r?\n([\s\S]*?)\r?\n\2$/gm);
    return { code, log, outputs: Object.fromEntries([...found].map(([, name, , value]) => [name, value])) };
  };
  return { sandbox, workspace, run, manifest, line };
}

describe("the bundle", () => {
  it("restores the pinned version, and the second time makes no request", async () => {
    const { sandbox, workspace, run } = await openWorkspace();
    expect(await run()).toMatchObject({
      code: 0,
      outputs: { changed: "true", files: "1", downloaded: "1", unchanged: "0", deleted: "0", "bytes-downloaded": "6" },
    });
    expect(readFileSync(join(workspace, "public/a.txt"), "utf8")).toBe("pinned");
    sandbox.clearLog();
    expect(await run()).toMatchObject({ code: 0, outputs: { changed: "false", downloaded: "0", unchanged: "1" } });
    expect(sandbox.log).toEqual([]);
  });

  it("fails with an annotation on the manifest and the next step when a version is gone", async () => {
    const { run, manifest, line } = await openWorkspace();
    manifest(line("a%0A::error::evil.txt", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    const { code, log } = await run();
    expect(code).toBe(1);
    expect(log).toContain("::error title=VERSION_GONE");
    expect(log).toContain("pin again");
    expect(log).not.toMatch(/^::error::evil/m);
  });

  it.each([
    ["a path out of the workspace", { path: "../elsewhere" }, "leads out of the workspace"],
    ["a manifest that is missing", { manifest: "none.csv" }, "none.csv"],
    ["a share that is none", { "max-delete": "many" }, "max-delete"],
    ["a concurrency of none", { concurrency: "0" }, "concurrency"],
  ])("refuses %s in one sentence", async (_name, inputs, words) => {
    const { code, log } = await (await openWorkspace()).run(inputs);
    expect(code).toBe(1);
    expect(log).toContain(words);
    expect(log).not.toContain("    at ");
  });

  it("holds no call that fails only when it is reached", () => {
    expect(readFileSync(BUNDLE, "utf8")).not.toContain('eval("require")');
  });
});
