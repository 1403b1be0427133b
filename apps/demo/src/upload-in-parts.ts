import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Sandbox } from "@s3pin/sandbox";

/** S3's least size of a part that is not the last. */
const PART_BYTES = 5 * 1024 * 1024;

/** Uploads an object over HTTP as the AWS SDK does it, so that its ETag is that of a multipart object. */
export async function uploadInParts(
  sandbox: Sandbox,
  target: { bucket: string; key: string },
  body: Buffer,
): Promise<void> {
  const client = new S3Client({
    endpoint: sandbox.endpoint,
    region: sandbox.env.AWS_REGION ?? "",
    forcePathStyle: true,
    credentials: {
      accessKeyId: sandbox.env.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: sandbox.env.AWS_SECRET_ACCESS_KEY ?? "",
    },
  });
  try {
    const place = { Bucket: target.bucket, Key: target.key };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(place));
    const parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (let start = 0; start < body.length; start += PART_BYTES) {
      const PartNumber = parts.length + 1;
      const Body = body.subarray(start, start + PART_BYTES);
      const { ETag } = await client.send(new UploadPartCommand({ ...place, UploadId, PartNumber, Body }));
      parts.push({ PartNumber, ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts: parts } }));
  } finally {
    client.destroy();
  }
}
