/*
 * Asks a server all probes and tells where it differs from AWS, or with a name from what is known of that server:
 *   ENDPOINT=http://127.0.0.1:9000 node conformance/run.ts [sandbox|seaweedfs|s3proxy|radosgw]
 * ACCESS_KEY_ID, SECRET_ACCESS_KEY, REGION and BIG (objects of the large listing) may be set too.
 */
import { awsAnswers } from "./aws-answers.ts";
import { expectedAnswers } from "./known-differences.ts";
import { askAll } from "./probes.ts";
import { connect } from "./server-under-test.ts";

const { ENDPOINT, ACCESS_KEY_ID = "test", SECRET_ACCESS_KEY = "testtest", REGION = "us-east-1" } = process.env;
if (!ENDPOINT) throw new Error("ENDPOINT is not set");

const server = connect({
  endpoint: ENDPOINT,
  accessKeyId: ACCESS_KEY_ID,
  secretAccessKey: SECRET_ACCESS_KEY,
  region: REGION,
});
const bigCount = Number(process.env.BIG ?? "10500");
const answers = await askAll({ server, suffix: Date.now().toString(36), bigCount });
const expected = expectedAnswers(process.argv[2] ?? "", awsAnswers);
const ids = Object.keys(answers);
const different = ids.filter((id) => answers[id] !== expected[id]);
for (const id of different) console.log(`${id}\n  expected  ${expected[id]}\n  found     ${answers[id]}`);
console.log(`${ids.length - different.length} of ${ids.length} as expected`);
process.exit(different.length === 0 ? 0 : 1);
