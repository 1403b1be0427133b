import { getBooleanInput, getInput } from "@actions/core";
import type { ConnectionOptions, MaxDelete } from "@s3pin/core";
import { S3PinError } from "@s3pin/core";

import { insideWorkspace } from "./workspace.ts";

/** The step's inputs, read and checked once. */
export interface Inputs {
  /** Absolute. */
  readonly manifestFile: string;
  /** Absolute. */
  readonly root: string;
  readonly source: string | undefined;
  readonly connection: ConnectionOptions;
  readonly prune: boolean;
  readonly delete: boolean;
  readonly maxDelete: MaxDelete | undefined;
  readonly concurrency: number | undefined;
  readonly dryRun: boolean;
}

/** @throws {S3PinError} `USAGE` for an input that cannot be used */
export function readInputs(environment: Readonly<Record<string, string | undefined>>): Inputs {
  const endpointUrl = text("endpoint-url") ?? environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  const forcePathStyle = text("force-path-style");
  return {
    manifestFile: insideWorkspace("manifest", getInput("manifest"), environment),
    root: insideWorkspace("path", getInput("path", { required: true }), environment),
    source: text("source"),
    connection: {
      region: text("region"),
      endpointUrl: endpointUrl || undefined,
      forcePathStyle: forcePathStyle === undefined ? undefined : getBooleanInput("force-path-style"),
      caBundle: environment.AWS_CA_BUNDLE || undefined,
    },
    prune: getBooleanInput("prune"),
    delete: getBooleanInput("delete"),
    maxDelete: maxDelete(text("max-delete")),
    concurrency: positive("concurrency", text("concurrency")),
    dryRun: getBooleanInput("dry-run"),
  };
}

function text(name: string): string | undefined {
  return getInput(name) || undefined;
}

function positive(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new S3PinError("USAGE", `The input ${name} is ${JSON.stringify(value)}`, {
    hint: "Give a number from 1 to 9999.",
  });
}

function maxDelete(value: string | undefined): MaxDelete | undefined {
  if (value === undefined) return undefined;
  const match = /^(\d{1,9})(%?)$/.exec(value);
  if (match === null)
    throw new S3PinError("USAGE", `The input max-delete is ${JSON.stringify(value)}`, {
      hint: "Give a count, or a share such as 10%.",
    });
  return match[2] === "%" ? { percent: Number(match[1]) } : { files: Number(match[1]) };
}
