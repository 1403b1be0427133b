/** What an S3 error carries besides its code and message. */
export interface S3ErrorDetails {
  /** further elements of the error document, in this order */
  readonly fields?: Readonly<Record<string, string>>;
  /** response headers */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer other than success, as S3 words it. Handlers throw it, the server turns it into a reply. */
export class S3Error extends Error {
  override readonly name = "S3Error";
  readonly status: number;
  readonly code: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, details: S3ErrorDetails = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = details.fields ?? {};
    this.headers = details.headers ?? {};
  }
}

export const noSuchBucket = (bucket: string): S3Error =>
  new S3Error(404, "NoSuchBucket", "The specified bucket does not exist", { fields: { BucketName: bucket } });

export const noSuchKey = (key: string, headers: Readonly<Record<string, string>> = {}): S3Error =>
  new S3Error(404, "NoSuchKey", "The specified key does not exist.", { fields: { Key: key }, headers });

export const noSuchVersion = (key: string, versionId: string): S3Error =>
  new S3Error(404, "NoSuchVersion", "The specified version does not exist.", {
    fields: { Key: key, VersionId: versionId },
  });

export const noSuchUpload = (uploadId: string): S3Error =>
  new S3Error(
    404,
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { fields: { UploadId: uploadId } },
  );

export const invalidArgument = (message: string, name: string, value: string): S3Error =>
  new S3Error(400, "InvalidArgument", message, { fields: { ArgumentName: name, ArgumentValue: value } });

export const invalidRequest = (message: string): S3Error => new S3Error(400, "InvalidRequest", message);

export const malformedXml = (): S3Error =>
  new S3Error(
    400,
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );

export const preconditionFailed = (condition: string): S3Error =>
  new S3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    fields: { Condition: condition },
  });

export const methodNotAllowed = (method: string, headers: Readonly<Record<string, string>> = {}): S3Error =>
  new S3Error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", {
    fields: { Method: method, ResourceType: headers["x-amz-delete-marker"] ? "DeleteMarker" : "OBJECT" },
    headers,
  });

export const notImplemented = (what: string): S3Error =>
  new S3Error(501, "NotImplemented", `The sandbox does not do this: ${what}`);
