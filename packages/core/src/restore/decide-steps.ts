import { setImmediate as nextTurn } from "node:timers/promises";

import { hashFile } from "../digest/hash-file.ts";
import { fileSystemError } from "../disk/file-system-error.ts";
import type { IndexCursor } from "../local-index/index-cursor.ts";
import type { IndexChanges } from "../local-index/save-index.ts";
import { type IndexRow, trustedMtime } from "../local-index/types.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { resolverInRoot } from "../paths/resolve-in-root.ts";
import { decideEntry, decideHashed } from "../plan/decide-entry.ts";
import type { EntryStep, UnchangedFiles } from "../plan/types.ts";
import type { PathEvent, Progress, Proof } from "../progress.ts";
import { fileState, MISSING } from "./file-state.ts";
import { parentOf, type RootDirectories } from "./root-directories.ts";

/** What looking at the entries' files needs. */
export interface DecideOptions {
  readonly root: string;
  /** Sorted by path in UTF-8 order; each passed `checkPath`. */
  readonly entries: readonly ManifestEntry[];
  readonly index: IndexCursor;
  readonly rehash: boolean;
  readonly directories: RootDirectories;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onPath: (event: PathEvent) => void;
}

/** What looking at the entries' files showed. */
export interface DecidedSteps {
  readonly steps: readonly EntryStep[];
  readonly unchanged: UnchangedFiles;
  readonly indexChanges: IndexChanges;
  /** Entries that have a file, right or wrong. */
  readonly filesThere: number;
}

/** The event loop gets its turn, and a signal is seen, after so many entries or hashed bytes. */
const ENTRIES_A_TURN = 2_048;
const BYTES_A_TURN = 32 * 1024 * 1024;

/** Decides for each entry whether it is right as it is, by stat and index or, where these cannot tell, by its bytes. */
export async function decideSteps(options: DecideOptions): Promise<DecidedSteps> {
  const { root, entries, index, rehash, directories, signal, onProgress, onPath } = options;
  const toFile = resolverInRoot(root);
  const steps: EntryStep[] = [];
  const indexChanges = new Map<string, IndexRow>();
  const unchanged = { files: 0, bytes: 0, proofs: {} as Partial<Record<Proof, number>> };
  let filesThere = 0;
  let done = 0;
  let bytesHashed = 0;
  let bytesAtTurn = 0;

  const keep = (path: string, bytes: number, proof: Proof) => {
    unchanged.files++;
    unchanged.bytes += bytes;
    unchanged.proofs[proof] = (unchanged.proofs[proof] ?? 0) + 1;
    onPath({ kind: "unchanged", path, bytes, proof });
  };
  const decide = async (entry: ManifestEntry): Promise<void> => {
    const { path } = entry;
    if (path.endsWith("/")) {
      if (directories.state(path.slice(0, -1)) === "directory") keep(path, 0, "index");
      else steps.push({ kind: "make-folder", entry });
      return;
    }
    const file = toFile(path);
    const row = index.find(path);
    const state = directories.state(parentOf(path)) === "directory" ? fileState(file) : MISSING;
    if (state.kind === "file") filesThere++;
    let decision = decideEntry(entry, state, row, rehash);
    if (decision.kind === "hash" && state.kind === "file") {
      const nowNs = BigInt(Date.now()) * 1_000_000n;
      const digest = await hashFile(file, { sizeBytes: entry.sizeBytes, etag: entry.etag }, signal).catch((error) => {
        throw fileSystemError(error, file);
      });
      bytesHashed += digest.sizeBytes;
      decision = decideHashed(entry, digest, row, trustedMtime(state.mtimeNs, nowNs));
    }
    if (decision.kind === "keep") {
      if (decision.row !== row) indexChanges.set(path, decision.row);
      keep(path, decision.row.sizeBytes, decision.proof);
    } else steps.push({ kind: "fetch", entry, reason: decision.kind === "fetch" ? decision.reason : "missing" });
  };

  for (const entry of entries) {
    if (done % ENTRIES_A_TURN === 0 || bytesHashed - bytesAtTurn > BYTES_A_TURN) {
      bytesAtTurn = bytesHashed;
      onProgress({ phase: "plan", done, total: entries.length, bytesDone: bytesHashed, bytesTotal: undefined });
      await nextTurn();
      signal.throwIfAborted();
    }
    await decide(entry);
    done++;
  }
  onProgress({ phase: "plan", done, total: entries.length, bytesDone: bytesHashed, bytesTotal: undefined });
  return { steps, unchanged, indexChanges, filesThere };
}
