import { homedir } from "node:os";
import { join } from "node:path";

/** Where servers and peers are kept between runs: outside the repository. */
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "s3pin-bench");
