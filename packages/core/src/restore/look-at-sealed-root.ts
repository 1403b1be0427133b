import { sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

import { coveredStats, type IndexPart, type IndexReader } from "../local-index/open-index.ts";
import type { Seal } from "../local-index/seal.ts";
import type { UnchangedFiles } from "../plan/types.ts";
import { startThread, type ThreadTask, threadCount } from "../threads/start-thread.ts";
import { fileState } from "./file-state.ts";
import { createRootDirectories, parentOf } from "./root-directories.ts";

/** Starting a thread takes 30 ms, and looking at 40,000 files 150. */
const BYTES_WORTH_A_THREAD = 4 * 1024 * 1024;

/** The event loop gets its turn, and a signal is seen, after so many files. */
const FILES_A_TURN = 8_192;

/** A part of a sealed root's files to be looked at. */
export interface FilesLook {
  readonly root: string;
  readonly part: IndexPart;
}

type Counted = Pick<UnchangedFiles, "files" | "bytes">;

/**
 * Looks whether all that a seal covers is as it was sealed: every file with the stat that was remembered when its bytes were
 * proven, below directories that are nothing but directories. Then each entry of the manifest is right, and none was read.
 * @returns undefined at the first difference, and then the manifest has to be gone through
 */
export async function lookAtSealedRoot(
  { root, folders }: Seal,
  reader: IndexReader,
  signal: AbortSignal,
): Promise<UnchangedFiles | undefined> {
  const directories = createRootDirectories(root);
  for (const folder of folders) if (directories.state(folder.slice(0, -1)) !== "directory") return undefined;
  const [whole] = reader.parts(1);
  if (whole === undefined || directories.state("") !== "directory") return undefined;
  const worthwhile = 1 + Math.floor((whole.to - whole.from) / BYTES_WORTH_A_THREAD);
  const [ours, ...others] = reader.parts(Math.min(threadCount(), worthwhile));
  const threads = others.map((part) => lookInThread({ root, part }));
  try {
    const counts = [await lookInTurns({ root, part: ours ?? whole }, signal), ...(await found(threads, signal))];
    let files = folders.length;
    let bytes = 0;
    for (const count of counts) {
      if (count === undefined) return undefined;
      files += count.files;
      bytes += count.bytes;
    }
    return { files, bytes, proofs: { index: files } };
  } finally {
    for (const { end } of threads) end();
  }
}

async function found(threads: readonly LookThread[], signal: AbortSignal): Promise<(Counted | undefined)[]> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([Promise.all(threads.map(({ outcome }) => outcome)), aborted]);
}

/** @returns undefined at the first file that is not as the index says */
export function lookAtFiles(look: FilesLook): Counted | undefined {
  const turns = lookThrough(look);
  for (;;) {
    const turn = turns.next();
    if (turn.done) return turn.value;
  }
}

async function lookInTurns(look: FilesLook, signal: AbortSignal): Promise<Counted | undefined> {
  const turns = lookThrough(look);
  for (;;) {
    const turn = turns.next();
    if (turn.done) return turn.value;
    await nextTurn();
    signal.throwIfAborted();
  }
}

/** Yields after each turn's files. */
function* lookThrough({ root, part }: FilesLook): Generator<void, Counted | undefined> {
  const directories = createRootDirectories(root);
  const toFile = quickResolver(root);
  let files = 0;
  let bytes = 0;
  let directory = "";
  for (const { path, sizeBytes, mtimeNs } of coveredStats(part)) {
    // Neighbours are mostly in one directory, and comparing with the last is quicker than looking it up.
    const parent = parentOf(path);
    if (parent !== directory && directories.state(parent) !== "directory") return undefined;
    directory = parent;
    const state = fileState(toFile(path));
    if (state.kind !== "file" || state.sizeBytes !== sizeBytes || state.mtimeNs !== mtimeNs) return undefined;
    bytes += sizeBytes;
    if (++files % FILES_A_TURN === 0) yield;
  }
  return { files, bytes };
}

/** Paths were checked before they were sealed, and a file is only looked at, so joining is enough. */
function quickResolver(root: string): (path: string) => string {
  const prefix = root.endsWith(sep) ? root : root + sep;
  return sep === "/" ? (path) => prefix + path : (path) => prefix + path.replaceAll("/", sep);
}

interface LookThread {
  readonly outcome: Promise<Counted | undefined>;
  end(): void;
}

function lookInThread(look: FilesLook): LookThread {
  const thread = startThread({ task: "look", ...look } as ThreadTask);
  // It is waited for, and ended whatever happens.
  thread.ref();
  const outcome = new Promise<Counted | undefined>((resolve) => {
    thread.on("message", resolve);
    // What a thread could not find out is found out by going through the manifest.
    thread.on("error", () => resolve(undefined));
    thread.on("exit", () => resolve(undefined));
  });
  return { outcome, end: () => void thread.terminate() };
}
