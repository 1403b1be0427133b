import { compareUtf8, type ManifestDiff, type ManifestEntry, printable } from "@s3pin/core";

import type { Paint } from "./color.ts";
import { formatBytes } from "./format.ts";

/** The changed paths of a diff as texts, sorted by path; each is made only when asked for. */
export function* changeTexts(diff: ManifestDiff, paint: Paint): Generator<() => string> {
  for (const change of changesByPath(diff)) {
    yield () => {
      switch (change.kind) {
        case "added":
          return paint("added", `+ ${printable(change.after.path)}`) + size(paint, change.after);
        case "changed":
          return paint("changed", `~ ${printable(change.after.path)}`) + sizes(paint, change.before, change.after);
        case "removed":
          return paint("removed", `- ${printable(change.before.path)}`);
      }
    };
  }
}

/** The same as objects, for --json. */
export function* changeObjects(diff: ManifestDiff): Generator<() => object> {
  for (const change of changesByPath(diff)) {
    yield () => {
      switch (change.kind) {
        case "added":
          return { type: "added", path: change.after.path, after: entryObject(change.after) };
        case "changed":
          return {
            type: "changed",
            path: change.after.path,
            before: entryObject(change.before),
            after: entryObject(change.after),
          };
        case "removed":
          return { type: "removed", path: change.before.path, before: entryObject(change.before) };
      }
    };
  }
}

type Change =
  | { readonly kind: "added"; readonly after: ManifestEntry }
  | { readonly kind: "changed"; readonly before: ManifestEntry; readonly after: ManifestEntry }
  | { readonly kind: "removed"; readonly before: ManifestEntry };

function changesByPath({ added, changed, removed }: ManifestDiff): Change[] {
  const changes: Change[] = [
    ...added.map((after): Change => ({ kind: "added", after })),
    ...changed.map(({ before, after }): Change => ({ kind: "changed", before, after })),
    ...removed.map((before): Change => ({ kind: "removed", before })),
  ];
  const pathOf = (change: Change) => (change.kind === "removed" ? change.before.path : change.after.path);
  return changes.sort((a, b) => compareUtf8(pathOf(a), pathOf(b)));
}

function entryObject({ versionId, sizeBytes, etag, lastModifiedMs, source }: ManifestEntry): object {
  return {
    versionId,
    bytes: sizeBytes,
    etag,
    lastModified: lastModifiedMs === undefined ? undefined : new Date(lastModifiedMs).toISOString(),
    source,
  };
}

function size(paint: Paint, { sizeBytes }: ManifestEntry): string {
  return sizeBytes === undefined ? "" : paint("faint", `  ${formatBytes(sizeBytes)}`);
}

function sizes(paint: Paint, before: ManifestEntry, after: ManifestEntry): string {
  if (before.sizeBytes === undefined || after.sizeBytes === undefined) return size(paint, after);
  const [from, to] = [formatBytes(before.sizeBytes), formatBytes(after.sizeBytes)];
  return paint("faint", from === to ? `  ${to}` : `  ${from} → ${to}`);
}
