import { statSync } from "node:fs";
import v8 from "node:v8";

/** Of a manifest with some 60,000 entries. */
const LARGE_MANIFEST_BYTES = 8 * 1024 * 1024;

/** Both halves of the new space: enough for what lives as long as a request. */
const NEW_SPACE_BYTES = 8 * 1024 * 1024;

const POLL_MS = 20;

/**
 * Has V8 collect earlier where there is much to hold. By itself it lets the old space double before it collects it again
 * while a program is busy, and the new space grow to 64 MiB: a restore of 100,000 objects then takes 460 MB instead of 230,
 * and a tenth less CPU. Flags that change make V8 refuse the code that Node has cached for its own modules (15 ms at the
 * start of a program, 50 at that of a thread), so a small run is left alone.
 */
export function keepHeapLean(manifestFile: string): void {
  const size = statSync(manifestFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size < LARGE_MANIFEST_BYTES) return;
  v8.setFlagsFromString("--heap-growing-percent=50");
  // The size itself can only be given on node's command line, which a program that is started by its name does not have.
  const poll = setInterval(() => {
    const newSpace = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
    if (newSpace === undefined || newSpace.space_size < NEW_SPACE_BYTES) return;
    v8.setFlagsFromString("--semi-space-growth-factor=1");
    clearInterval(poll);
  }, POLL_MS);
  poll.unref();
}
