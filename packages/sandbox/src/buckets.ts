import { memoryBody } from "./body.ts";
import { createBucket, isEmpty, requireBucket, requireBucketName } from "./bucket-store.ts";
import type { Operation } from "./context.ts";
import { malformedXml, S3Error } from "./errors.ts";
import { OWNER_ID } from "./listing.ts";
import { receiveText } from "./payload.ts";
import { emptyReply, xmlReply } from "./reply.ts";
import { element, elementText, requireRoot } from "./xml.ts";

export const listBuckets: Operation = (context) => {
  const buckets = [...context.buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = buckets.map((bucket) => {
    const created = new Date(bucket.createdMs).toISOString();
    return `<Bucket>${element("Name", bucket.name)}${element("CreationDate", created)}${element("BucketRegion", bucket.region)}</Bucket>`;
  });
  const owner = `<Owner>${element("ID", OWNER_ID)}</Owner>`;
  return xmlReply("ListAllMyBucketsResult", `${owner}<Buckets>${rows.join("")}</Buckets>`);
};

export const putBucket: Operation = async (context, request, identity) => {
  const xml = await receiveText(request, identity, context.bodies);
  requireBucketName(request.bucket);
  if (context.buckets.has(request.bucket)) {
    throw new S3Error(
      409,
      "BucketAlreadyOwnedByYou",
      "Your previous request to create the named bucket succeeded and you already own it.",
      { fields: { BucketName: request.bucket } },
    );
  }
  const region = elementText(xml, "LocationConstraint") || context.region;
  context.buckets.set(request.bucket, createBucket(request.bucket, region, context.now()));
  return emptyReply(200, { location: `/${request.bucket}` });
};

export const headBucket: Operation = (context, request) => {
  const { region } = requireBucket(context.buckets, request.bucket);
  return emptyReply(200, { "x-amz-bucket-region": region, "content-type": "application/xml" });
};

export const deleteBucket: Operation = (context, request) => {
  const bucket = requireBucket(context.buckets, request.bucket);
  if (!isEmpty(bucket)) {
    throw new S3Error(
      409,
      "BucketNotEmpty",
      bucket.versioning === "Off"
        ? "The bucket you tried to delete is not empty"
        : "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
      { fields: { BucketName: bucket.name } },
    );
  }
  context.buckets.delete(bucket.name);
  return emptyReply(204);
};

export const getBucketLocation: Operation = (context, request) => {
  const { region } = requireBucket(context.buckets, request.bucket);
  // S3 gives no name for its first region.
  const inner = region === "us-east-1" ? "" : region;
  return xmlReply("LocationConstraint", inner);
};

export const getBucketVersioning: Operation = (context, request) => {
  const { versioning } = requireBucket(context.buckets, request.bucket);
  return xmlReply("VersioningConfiguration", versioning === "Off" ? "" : element("Status", versioning));
};

export const putBucketVersioning: Operation = async (context, request, identity) => {
  const bucket = requireBucket(context.buckets, request.bucket);
  const xml = await receiveText(request, identity, context.bodies);
  requireRoot(xml, "VersioningConfiguration");
  const status = elementText(xml, "Status");
  if (status !== "Enabled" && status !== "Suspended") throw malformedXml();
  bucket.versioning = status;
  return emptyReply(200);
};

export const getBucketLifecycleConfiguration: Operation = (context, request) => {
  const { lifecycleXml, name } = requireBucket(context.buckets, request.bucket);
  if (lifecycleXml === undefined) {
    throw new S3Error(404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", {
      fields: { BucketName: name },
    });
  }
  return { status: 200, headers: { "content-type": "application/xml" }, body: memoryBody(Buffer.from(lifecycleXml)) };
};

export const putBucketLifecycleConfiguration: Operation = async (context, request, identity) => {
  const bucket = requireBucket(context.buckets, request.bucket);
  const xml = await receiveText(request, identity, context.bodies);
  requireRoot(xml, "LifecycleConfiguration");
  bucket.lifecycleXml = xml;
  return emptyReply(200);
};

export const deleteBucketLifecycle: Operation = (context, request) => {
  requireBucket(context.buckets, request.bucket).lifecycleXml = undefined;
  return emptyReply(204);
};

export const getBucketEncryption: Operation = (context, request) => {
  requireBucket(context.buckets, request.bucket);
  const rule = `<ApplyServerSideEncryptionByDefault>${element("SSEAlgorithm", "AES256")}</ApplyServerSideEncryptionByDefault>`;
  return xmlReply(
    "ServerSideEncryptionConfiguration",
    `<Rule>${rule}<BucketKeyEnabled>false</BucketKeyEnabled></Rule>`,
  );
};

/** Settings that no bucket of the sandbox has, with the error by which S3 says so. */
export const absentSettings: Readonly<Record<string, Operation>> = {
  GetObjectLockConfiguration: absent("ObjectLockConfigurationNotFoundError"),
  GetBucketReplication: absent("ReplicationConfigurationNotFoundError"),
  GetBucketPolicy: absent("NoSuchBucketPolicy"),
  GetBucketTagging: absent("NoSuchTagSet"),
  GetBucketCors: absent("NoSuchCORSConfiguration"),
  GetBucketWebsite: absent("NoSuchWebsiteConfiguration"),
};

function absent(code: string): Operation {
  return (context, request) => {
    const { name } = requireBucket(context.buckets, request.bucket);
    throw new S3Error(404, code, "The configuration does not exist", { fields: { BucketName: name } });
  };
}
