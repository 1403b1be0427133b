import {
  absentSettings,
  deleteBucket,
  deleteBucketLifecycle,
  getBucketEncryption,
  getBucketLifecycleConfiguration,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
  putBucket,
  putBucketLifecycleConfiguration,
  putBucketVersioning,
} from "./buckets.ts";
import type { Operation } from "./context.ts";
import { listObjects, listObjectsV2 } from "./list-objects.ts";
import { listObjectVersions } from "./list-versions.ts";
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
  uploadPartCopy,
} from "./multipart.ts";
import { getObject, getObjectAttributes } from "./read-object.ts";
import { copyObject, deleteObject, deleteObjects, putObject } from "./write-object.ts";

/** What the sandbox can do, by S3's names. */
export const operations: Readonly<Record<string, Operation>> = {
  ListBuckets: listBuckets,
  CreateBucket: putBucket,
  HeadBucket: headBucket,
  DeleteBucket: deleteBucket,
  GetBucketLocation: getBucketLocation,
  GetBucketVersioning: getBucketVersioning,
  PutBucketVersioning: putBucketVersioning,
  GetBucketLifecycleConfiguration: getBucketLifecycleConfiguration,
  PutBucketLifecycleConfiguration: putBucketLifecycleConfiguration,
  DeleteBucketLifecycle: deleteBucketLifecycle,
  GetBucketEncryption: getBucketEncryption,
  ...absentSettings,
  ListObjectVersions: listObjectVersions,
  ListObjectsV2: listObjectsV2,
  ListObjects: listObjects,
  GetObject: getObject,
  HeadObject: getObject,
  GetObjectAttributes: getObjectAttributes,
  PutObject: putObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  ListParts: listParts,
  ListMultipartUploads: listMultipartUploads,
};
