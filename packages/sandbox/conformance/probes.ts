import { checksumProbes } from "./checksums.ts";
import { keyProbes } from "./keys.ts";
import { listingProbes } from "./listing.ts";
import type { Probe, ProbeOptions } from "./probe.ts";
import { readProbes } from "./reads.ts";
import { failure } from "./server-under-test.ts";
import { versioningProbes } from "./versioning.ts";

/** All probes, in the order in which they must be asked: later ones build on what earlier ones stored. */
function allProbes(options: ProbeOptions): Probe[] {
  return [
    ...versioningProbes(options),
    ...readProbes(options),
    ...checksumProbes(options),
    ...keyProbes(options),
    ...listingProbes(options),
  ];
}

/** Asks all probes and gives the answers by probe; a failure is an answer too. */
export async function askAll(options: ProbeOptions): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const { id, ask } of allProbes(options)) {
    answers[id] = await ask().catch(failure);
  }
  return answers;
}
