import { randomUUID } from "node:crypto";
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { findFreePorts } from "./free-ports.ts";
import { runCommand } from "./run-command.ts";
import type { Gaps, RunningServer, ServerKind } from "./server.ts";
import { type Supervised, startSupervised } from "./supervised.ts";
import { waitForHttp } from "./wait-for-http.ts";

const ACCESS_KEY_ID = "test";
const SECRET_ACCESS_KEY = "testtest";
const START_TIMEOUT_MS = 90_000;
const START_TRIES = 2;
const PACKAGES = ["radosgw", "ceph-mon", "ceph-osd", "ceph-common"];

/** The gateway, the monitor, and the range of the storage daemon. */
const PORT_OFFSETS = [0, 1, ...Array.from({ length: 51 }, (_, index) => index + 10)];

const gaps: Gaps = {
  oneSecondGrain: false,
  backslashBecomesSlash: false,
  losesControlCharacters: false,
  refusesDotSegments: false,
};

/** Ceph's gateway over one monitor and one storage daemon in memory; it takes every key that AWS takes. */
export const radosgw: ServerKind = {
  name: "radosgw",
  gaps,
  async install() {
    if (PACKAGES.slice(0, 3).every(isOnPath)) return;
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const [command = "", ...before] = process.getuid?.() === 0 ? ["apt-get"] : ["sudo", "-n", "-E", "apt-get"];
    try {
      await runCommand(command, [...before, "update", "-q"], { env: environment });
      await runCommand(command, [...before, "install", "-y", "-q", "--no-install-recommends", ...PACKAGES], {
        env: environment,
      });
    } catch (cause) {
      throw new Error(
        `Install ${PACKAGES.join(", ")} by hand, or choose other servers with S3PIN_E2E_SERVERS=seaweedfs`,
        { cause },
      );
    }
  },
  async start() {
    for (let attempt = 1; ; attempt++) {
      try {
        return await start();
      } catch (error) {
        if (attempt === START_TRIES) throw error;
      }
    }
  },
};

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function start(): Promise<RunningServer> {
  const directory = mkdtempSync(join(tmpdir(), "s3pin-radosgw-"));
  const port = await findFreePorts(PORT_OFFSETS);
  const processes: Supervised[] = [];
  const stop = async () => {
    // The gateway first, the monitor last.
    for (const process of processes.toReversed()) await process.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await startCluster({ directory, port, processes });
  } catch (error) {
    await stop();
    throw error;
  }
  const credentials = { accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET_ACCESS_KEY, region: "us-east-1" };
  return { endpoint: `http://127.0.0.1:${port}`, ...credentials, gaps, stop };
}

async function startCluster(at: { directory: string; port: number; processes: Supervised[] }): Promise<void> {
  const { directory, port, processes } = at;
  const clusterId = randomUUID();
  const daemonId = randomUUID();
  const configFile = join(directory, "ceph.conf");
  for (const name of ["mon", "osd", "rgw", "crash"]) mkdirSync(join(directory, name));
  writeFileSync(join(directory, "keyring"), "");
  writeFileSync(configFile, cephConfig({ directory, port, clusterId }));
  const config = ["-c", configFile];
  const startDaemon = (program: string, args: readonly string[]) =>
    processes.push(
      startSupervised(program, [...config, ...args, "-f"], {
        logFile: join(directory, `${program}.out`),
        env: process.env,
      }),
    );

  const monitorMap = join(directory, "monmap");
  const monitorAddress = `[v2:127.0.0.1:${port + 1}/0]`;
  await runCommand("monmaptool", ["--create", "--fsid", clusterId, "--addv", "a", monitorAddress, monitorMap]);
  await runCommand("ceph-mon", [...config, "--mkfs", "-i", "a", "--monmap", monitorMap]);
  startDaemon("ceph-mon", ["-i", "a"]);
  await runCommand("timeout", ["60", "ceph", ...config, "osd", "new", daemonId, "0"]);
  await runCommand("ceph-osd", [...config, "-i", "0", "--mkfs", "--osd-uuid", daemonId]);
  startDaemon("ceph-osd", ["-i", "0"]);
  startDaemon("radosgw", ["-n", "client.rgw"]);
  await waitForHttp(`http://127.0.0.1:${port}/`, {
    timeoutMs: START_TIMEOUT_MS,
    hasEnded: () => processes.some((process) => process.hasEnded),
  });
  await runCommand("timeout", [
    ...["60", "radosgw-admin", ...config, "user", "create", "--uid=test", "--display-name=test"],
    ...[`--access-key=${ACCESS_KEY_ID}`, `--secret-key=${SECRET_ACCESS_KEY}`],
  ]);
}

/** tcp_nodelay, or every small GET waits 40 ms; memstore grows as it is used, up to 8 GiB. */
function cephConfig({ directory, port, clusterId }: { directory: string; port: number; clusterId: string }): string {
  return `[global]
fsid = ${clusterId}
mon host = [v2:127.0.0.1:${port + 1}/0]
mon initial members = a
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms mon cluster mode = crc
ms mon service mode = crc
ms bind msgr1 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind port min = ${port + 10}
ms bind port max = ${port + 60}
run dir = ${directory}
pid file = ${directory}/$name.pid
admin socket = ${directory}/$name.asok
log file = ${directory}/$name.log
crash dir = ${directory}/crash
keyring = ${directory}/keyring
mon data = ${directory}/mon
osd data = ${directory}/osd
osd objectstore = memstore
memstore device bytes = 8589934592
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 2000
mon data avail warn = 1
mon data avail crit = 0
[client.rgw]
rgw data = ${directory}/rgw
rgw frontends = beast endpoint=127.0.0.1:${port} tcp_nodelay=1
rgw crypt require ssl = false
rgw thread pool size = 64
`;
}
