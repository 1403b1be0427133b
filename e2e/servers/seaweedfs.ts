import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { findFreePorts } from "./free-ports.ts";
import { pythonVenv } from "./python-venv.ts";
import type { Gaps, RunningServer, ServerKind } from "./server.ts";
import { startSupervised } from "./supervised.ts";
import { waitForHttp } from "./wait-for-http.ts";

const ACCESS_KEY_ID = "test";
const SECRET_ACCESS_KEY = "testtest";
const START_TIMEOUT_MS = 60_000;
const START_TRIES = 3;

/** S3, master, volume and filer; each has a second port for gRPC, 10,000 higher. */
const PORT_OFFSETS = [0, 1, 2, 3, 10_000, 10_001, 10_002, 10_003];

const gaps: Gaps = {
  oneSecondGrain: true,
  backslashBecomesSlash: true,
  losesControlCharacters: true,
  refusesDotSegments: true,
};

/** SeaweedFS, whose listings ignore `encoding-type=url` and have LastModified in whole seconds. */
export const seaweedfs: ServerKind = {
  name: "SeaweedFS",
  gaps,
  async install() {
    await weedProgram();
  },
  async start() {
    const program = await weedProgram();
    for (let attempt = 1; ; attempt++) {
      try {
        return await start(program);
      } catch (error) {
        if (attempt === START_TRIES) throw error;
      }
    }
  },
};

async function weedProgram(): Promise<string> {
  const requirements = fileURLToPath(new URL("seaweedfs-requirements.txt", import.meta.url));
  return join(await pythonVenv("seaweedfs", requirements), "bin", "weed");
}

async function start(program: string): Promise<RunningServer> {
  const directory = mkdtempSync(join(tmpdir(), "s3pin-seaweedfs-"));
  const data = join(directory, "data");
  const configFile = join(directory, "s3.json");
  mkdirSync(data);
  writeFileSync(configFile, JSON.stringify(s3Config()));
  const port = await findFreePorts(PORT_OFFSETS);
  const server = startSupervised(program, serverArguments({ directory, data, configFile, port }), {
    logFile: join(directory, "seaweedfs.log"),
    env: { ...process.env, HOME: directory },
  });
  const stop = async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await waitForHttp(`${endpoint}/healthz`, { timeoutMs: START_TIMEOUT_MS, hasEnded: () => server.hasEnded });
  } catch (error) {
    await stop();
    throw error;
  }
  const credentials = { accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET_ACCESS_KEY, region: "us-east-1" };
  return { endpoint, ...credentials, gaps, stop };
}

function s3Config(): unknown {
  const credentials = [{ accessKey: ACCESS_KEY_ID, secretKey: SECRET_ACCESS_KEY }];
  return { identities: [{ name: "test", credentials, actions: ["Admin", "Read", "Write", "List", "Tagging"] }] };
}

function serverArguments(at: { directory: string; data: string; configFile: string; port: number }): string[] {
  const { directory, data, configFile, port } = at;
  return [
    ...["-logtostderr=true", "-v=0", "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", `-dir=${data}`],
    // Telemetry and two catalogue listeners are on by default.
    ...["-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0"],
    ...[`-master.port=${port + 1}`, `-master.port.grpc=${port + 10_001}`, "-master.volumeSizeLimitMB=256"],
    ...[
      `-volume.port=${port + 2}`,
      `-volume.port.grpc=${port + 10_002}`,
      "-volume.max=100",
      "-volume.preStopSeconds=1",
    ],
    ...[`-filer.port=${port + 3}`, `-filer.port.grpc=${port + 10_003}`, `-filer.localSocket=${directory}/filer.sock`],
    ...["-s3", `-s3.port=${port}`, `-s3.port.grpc=${port + 10_000}`, `-s3.localSocket=${directory}/s3.sock`],
    `-s3.config=${configFile}`,
  ];
}
