import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../src/index.ts";
import { awsAnswers } from "./aws-answers.ts";
import { expectedAnswers, knownDifferences } from "./known-differences.ts";
import { askAll } from "./probes.ts";
import { connect } from "./server-under-test.ts";

/** Enough for three pages; `run.ts` asks for more. */
const BIG_COUNT = 1200;

const ASK_TIMEOUT_MS = 60_000;

describe("conformance", () => {
  let sandbox: Sandbox;
  let answers: Record<string, string>;

  beforeAll(async () => {
    sandbox = await startSandbox();
    const address = {
      endpoint: sandbox.endpoint,
      accessKeyId: "test",
      secretAccessKey: "testtest",
      region: "us-east-1",
    };
    answers = await askAll({ server: connect(address), suffix: "test", bigCount: BIG_COUNT });
  }, ASK_TIMEOUT_MS);

  afterAll(() => sandbox.close());

  it("asks every probe that has an expected answer, and no other", () => {
    expect(Object.keys(answers).sort()).toEqual(Object.keys(awsAnswers).sort());
  });

  it.each(Object.keys(awsAnswers))("%s", (id) => {
    expect(answers[id]).toBe(expectedAnswers("sandbox", awsAnswers)[id]);
  });

  it.each(Object.keys(knownDifferences))("knows no difference of %s that is none", (name) => {
    const answersOf = (knownDifferences[name] ?? []).flatMap((difference) => Object.entries(difference.answers));
    expect(answersOf.filter(([id, answer]) => !(id in awsAnswers) || answer === awsAnswers[id])).toEqual([]);
  });
});
