import { setImmediate as nextTurn } from "node:timers/promises";

import { type HashJob, type HashPool, isBatch } from "../digest/hash-pool.ts";
import type { IndexCursor } from "../local-index/index-cursor.ts";
import type { IndexChanges } from "../local-index/save-index.ts";
import { type IndexRow, trustedMtime } from "../local-index/types.ts";
import { compareUtf8 } from "../manifest/compare-utf8.ts";
import type { ManifestEntry } from "../manifest/types.ts";
import { resolverInRoot } from "../paths/resolve-in-root.ts";
import { type Decision, decideEntry, decideHashed } from "../plan/decide-entry.ts";
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
  readonly hashPool: HashPool;
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

/** The event loop gets its turn, and a signal is seen, after so many entries. */
const ENTRIES_A_TURN = 2_048;

/** Beyond this the entries wait, so that what is known of them does not pile up. */
const MAX_QUEUED_BYTES = 256 * 1024 * 1024;

/** An entry whose file must be hashed. */
interface Pending extends HashJob {
  readonly entry: ManifestEntry;
  readonly row: IndexRow | undefined;
  readonly mtimeNs: bigint;
}

/** Decides for each entry whether it is right as it is, by stat and index or, where these cannot tell, by its bytes. */
export async function decideSteps(options: DecideOptions): Promise<DecidedSteps> {
  const { root, entries, index, rehash, directories, hashPool, signal, onProgress, onPath } = options;
  const toFile = resolverInRoot(root);
  const steps: EntryStep[] = [];
  const indexChanges = new Map<string, IndexRow>();
  const unchanged = { files: 0, bytes: 0, proofs: {} as Partial<Record<Proof, number>> };
  let pending: Pending[] = [];
  let pendingBytes = 0;
  let filesThere = 0;
  let hasUnknown = false;
  let done = 0;
  let bytesHashed = 0;

  const tell = () =>
    onProgress({ phase: "plan", done, total: entries.length, bytesDone: bytesHashed, bytesTotal: undefined });
  const keep = (path: string, bytes: number, proof: Proof) => {
    done++;
    unchanged.files++;
    unchanged.bytes += bytes;
    unchanged.proofs[proof] = (unchanged.proofs[proof] ?? 0) + 1;
    onPath({ kind: "unchanged", path, bytes, proof });
  };
  const settle = (entry: ManifestEntry, row: IndexRow | undefined, decision: Exclude<Decision, { kind: "hash" }>) => {
    if (decision.kind === "keep") {
      if (decision.row !== row) indexChanges.set(entry.path, decision.row);
      keep(entry.path, decision.row.sizeBytes, decision.proof);
    } else {
      done++;
      steps.push({ kind: "fetch", entry, reason: decision.reason });
    }
  };
  const decide = (entry: ManifestEntry): void => {
    const { path } = entry;
    if (path.endsWith("/")) {
      if (directories.state(path.slice(0, -1)) === "directory") {
        keep(path, 0, "index");
        return;
      }
      done++;
      steps.push({ kind: "make-folder", entry });
      return;
    }
    const file = toFile(path);
    const row = index.find(path);
    const state = directories.state(parentOf(path)) === "directory" ? fileState(file) : MISSING;
    if (state.kind === "file") filesThere++;
    const decision = decideEntry(entry, state, row, rehash);
    if (decision.kind !== "hash" || state.kind !== "file") {
      settle(entry, row, decision.kind === "hash" ? { kind: "fetch", reason: "missing" } : decision);
      return;
    }
    const { sizeBytes, mtimeNs } = state;
    // A file that the index does not know is rarely the only one.
    if (row === undefined && !hasUnknown) {
      hasUnknown = true;
      hashPool.expect(entries.reduce((sum, each) => sum + (each.sizeBytes ?? 0), 0));
    }
    pending.push({ entry, row, mtimeNs, file, sizeBytes, etag: entry.etag, remembered: row?.digest });
    pendingBytes += sizeBytes;
  };
  const hashing: Promise<void>[] = [];
  const hashPending = (): void => {
    const jobs = pending;
    pending = [];
    pendingBytes = 0;
    const nowNs = BigInt(Date.now()) * 1_000_000n;
    const added = hashPool.add(
      jobs.map(({ file, sizeBytes, etag, remembered }) => ({ file, sizeBytes, etag, remembered })),
    );
    const settled = added.then((digests) => {
      for (const [number, { entry, row, mtimeNs }] of jobs.entries()) {
        const digest = digests[number];
        if (digest === undefined) continue;
        bytesHashed += digest.sizeBytes;
        settle(entry, row, decideHashed(entry, digest, row, trustedMtime(mtimeNs, nowNs)));
      }
      tell();
    });
    // A failure is thrown when all is awaited; until then nobody listens.
    settled.catch(() => {});
    hashing.push(settled);
  };

  let sinceTurn = 0;
  for (const entry of entries) {
    const isFull = isBatch(pending.length, pendingBytes);
    if (isFull) hashPending();
    if (isFull || sinceTurn++ % ENTRIES_A_TURN === 0) {
      tell();
      await nextTurn();
      signal.throwIfAborted();
    }
    if (hashPool.queuedBytes > MAX_QUEUED_BYTES) await hashPool.help();
    decide(entry);
  }
  if (pending.length > 0) hashPending();
  await hashPool.help();
  await Promise.all(hashing);
  signal.throwIfAborted();
  tell();
  return { steps: sortedByPath(steps), unchanged, indexChanges, filesThere };
}

/** Steps that had to wait for their bytes come late. */
function sortedByPath(steps: EntryStep[]): readonly EntryStep[] {
  return steps.sort((a, b) => compareUtf8(a.entry.path, b.entry.path));
}
