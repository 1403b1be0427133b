export { compareUtf8 } from "./compare-utf8.ts";
export { diffManifests, type ManifestDiff } from "./diff.ts";
export { formatManifest, formatManifestChunks } from "./format.ts";
export { type ParseOptions, parseManifest, parseManifestStream } from "./parse.ts";
export { formatSource, parseSource, type Source } from "./source.ts";
export type { Manifest, ManifestEntry, ManifestFormat, ManifestProblem } from "./types.ts";
