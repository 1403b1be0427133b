import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { expect, it } from "vitest";

import { findConflicts } from "../paths/find-conflicts.ts";
import { checkPath } from "../paths/key-to-path.ts";
import { HOST_PLATFORM } from "../paths/resolve-in-root.ts";
import { status } from "./restore.ts";
import { openSite } from "./site.test-helper.ts";

const segment = fc.oneof(
  fc.constantFrom("a", "b", "a.b", "A-1", "ü", "e\u0301", "😀", " x", "a,b", 'q"'),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
);
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
const content = fc.oneof(fc.string({ maxLength: 40 }), fc.constant(""));

/** What may happen to a file between two runs. */
const damage = fc.constantFrom("nothing", "removed", "emptied", "same size", "touched", "index lost");

it("restore() leaves nothing to do, and mends whatever happened since", async () => {
  const site = await openSite();
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(path, content, { minKeys: 1, maxKeys: 12 }),
      fc.array(fc.tuple(fc.nat(), damage), { maxLength: 6 }),
      fc.constantFrom("as ever", "rehash"),
      fc.boolean(),
      async (objects, damages, how, isSealed) => {
        const isFile = (key: string) => checkPath(key, HOST_PLATFORM) === undefined && !key.endsWith("/");
        const safe = Object.keys(objects).filter(isFile);
        const sorted = safe.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const conflicting = new Set(findConflicts(sorted, { foldsCase: true, foldsUnicode: true }).map((c) => c.path));
        const keys = sorted.filter((key) => !conflicting.has(key));
        fc.pre(keys.length > 0);
        rmSync(site.root, { recursive: true, force: true });
        const plain = site.manifest(keys.map((key) => site.put(key, objects[key] ?? "")));
        const manifest = isSealed ? site.manifestFile(plain) : plain;
        const wanted = Object.fromEntries(keys.map((key) => [key, objects[key] ?? ""]));
        const look = () => status({ manifest, root: site.root, indexFile: site.indexFile, delete: !isSealed });

        await site.restore(manifest);
        expect(site.tree()).toEqual(wanted);
        expect(await look()).toMatchObject({ downloaded: 0, deleted: 0, unchanged: keys.length });

        for (const [which, what] of damages) {
          const file = join(site.root, keys[which % keys.length] ?? "");
          if (what === "removed") rmSync(file, { force: true });
          else if (what === "emptied") writeFileSync(file, "");
          else if (what === "same size")
            writeFileSync(file, "?".repeat(Buffer.byteLength(wanted[keys[which % keys.length] ?? ""] ?? "")));
          else if (what === "touched") {
            mkdirSync(join(file, ".."), { recursive: true });
            writeFileSync(file, wanted[keys[which % keys.length] ?? ""] ?? "");
            utimesSync(file, 1e9, 1e9);
          } else if (what === "index lost") rmSync(site.indexFile, { force: true });
        }
        const report = await site.restore(manifest, { rehash: how === "rehash", delete: !isSealed });
        expect(report.failures).toEqual([]);
        expect(site.tree()).toEqual(wanted);
        expect(await look()).toMatchObject({ downloaded: 0, deleted: 0, unchanged: keys.length });
      },
    ),
    { numRuns: Number(process.env.FC_RUNS ?? 60) },
  );
}, 120_000);
