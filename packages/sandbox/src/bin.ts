#!/usr/bin/env node
import { parseArgs } from "node:util";
import { startSandbox } from "./sandbox.ts";

const USAGE = `Usage: s3pin-sandbox [--port N] [--anonymous] [--region NAME] [--latency MS] [--bucket NAME]...

A versioned S3 server in memory, on 127.0.0.1 only. Ctrl-C ends it and forgets all.`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    anonymous: { type: "boolean", default: false },
    region: { type: "string", default: "us-east-1" },
    latency: { type: "string", default: "0" },
    bucket: { type: "string", multiple: true, default: [] },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  const sandbox = await startSandbox({
    port: Number(values.port),
    anonymous: values.anonymous,
    region: values.region,
    latencyMs: Number(values.latency),
  });
  for (const bucket of values.bucket) sandbox.createBucket(bucket);
  for (const [name, value] of Object.entries(sandbox.env)) console.log(`export ${name}=${value}`);

  const stop = () => void sandbox.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}
