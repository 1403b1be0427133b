import { describe, expect, it } from "vitest";

import { formatSource, parseSource } from "./source.ts";

const ACCESS_POINT = "arn:aws:s3:eu-west-1:111122223333:accesspoint/site";
const MULTI_REGION = "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap";
const OUTPOST = "arn:aws:s3-outposts:us-west-2:111122223333:outpost/op-01ac5d28a6a232904/accesspoint/site";

describe("parseSource()", () => {
  it.each([
    ["s3://bucket", "bucket", ""],
    ["s3://bucket/", "bucket", ""],
    ["s3://bucket/site", "bucket", "site/"],
    ["s3://bucket/site/", "bucket", "site/"],
    ["s3://media.example.com/a/b/", "media.example.com", "a/b/"],
    ["s3://Legacy_Bucket/x", "Legacy_Bucket", "x/"],
    ["s3://bucket//x", "bucket", "/x/"],
    ["s3://bucket/a b+c%20/?#", "bucket", "a b+c%20/?#/"],
    [`s3://${ACCESS_POINT}`, ACCESS_POINT, ""],
    [`s3://${ACCESS_POINT}/a/b`, ACCESS_POINT, "a/b/"],
    [`s3://${ACCESS_POINT.replace("/", ":")}/a`, ACCESS_POINT.replace("/", ":"), "a/"],
    [`s3://${MULTI_REGION}/a/`, MULTI_REGION, "a/"],
    [`s3://${OUTPOST}/a/`, OUTPOST, "a/"],
  ])("reads %s", (uri, bucket, prefix) => {
    expect(parseSource(uri)).toEqual({ bucket, prefix });
    expect(parseSource(formatSource(parseSource(uri)))).toEqual({ bucket, prefix });
  });

  it.each([
    ["bucket/site", "Did you mean s3://bucket/site?"],
    ["S3://bucket/site", "lower case"],
    ["s3:/bucket", "two slashes"],
    ["https://bucket.s3.amazonaws.com/site", "--endpoint-url"],
    ["", "Write it as s3://"],
    ["./media.csv", "Write it as s3://"],
    ["s3://", "Write the bucket"],
    ["s3:///site", "Write the bucket"],
    ["s3://localhost:9000/bucket", "--endpoint-url"],
    ["s3://arn:aws:s3:::bucket/site", "access points"],
    ["s3://b*cket/", "letters, digits"],
    ["s3://bucket/\ud800", "UTF-8"],
  ])("refuses %j with a hint", (uri, hint) => {
    expect(() => parseSource(uri)).toThrow(
      expect.objectContaining({ code: "INVALID_URI", hint: expect.stringContaining(hint) }),
    );
  });
});
