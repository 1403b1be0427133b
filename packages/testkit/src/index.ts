export { anyKey, cutAnywhere, safePath, siteKey, versionId } from "./arbitraries.ts";
export { tempDir, withTempDir } from "./temp-dir.ts";
