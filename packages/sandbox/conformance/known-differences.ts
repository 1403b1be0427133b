/** Answers that are not AWS's, and why they are accepted. */
interface KnownDifference {
  readonly reason: string;
  /** by probe */
  readonly answers: Readonly<Record<string, string>>;
}

/** Where a server is known to answer otherwise than AWS. Those besides the sandbox: SeaweedFS 4.48, S3Proxy 4.1.0, Ceph radosgw 16.2. */
export const knownDifferences: Readonly<Record<string, readonly KnownDifference[]>> = {
  sandbox: [
    {
      reason:
        "AWS takes a customer's key over https only; the sandbox speaks http only, and must let tests use such keys.",
      answers: {
        "b15 SSE-C put/get/get without key": "rt=true etag=md5:false nokey=400 InvalidRequest",
      },
    },
  ],
  seaweedfs: [
    {
      reason: "A delete marker looks as if there were nothing.",
      answers: {
        "a13 GET current (=DM)": "404 NoSuchKey dm=undefined vid=false",
        "a14 HEAD current (=DM)": "404 dm=undefined vid=false",
        "a15 GET ?versionId=DM": "404 NoSuchKey dm=undefined allow=undefined lm=false",
        "a16 HEAD ?versionId=DM": "404 dm=undefined",
        "c28 GetObjectAttributes of a DM": "404 NoSuchKey",
      },
    },
    {
      reason: "A text that is no version id is taken for an unknown one.",
      answers: {
        "a17 GET malformed versionId": "404 NoSuchVersion",
        "a19 GET ?versionId= (empty)": "404 NoSuchKey",
      },
    },
    {
      reason: "The `null` version is marked as the latest, but listed last.",
      answers: {
        "a22 suspend; PUT -> null version replaces null": "Suspended vid=undefined list=v2 v1 null* GETnull=v4",
        "a23 suspended DELETE -> null marker": "dm=true vid=null list=v2 v1 DM:null*",
      },
    },
    {
      reason: "A copy does not tell the version of its source.",
      answers: {
        "a26 CopyObject from ?versionId": "old srcvid=false vid=true",
      },
    },
    {
      reason: "Lists show whole seconds without a fraction.",
      answers: {
        "b08 LastModified: list vs HEAD": "secondsZ same=true",
        "b09 LastModified resolution": "fraction none",
      },
    },
    {
      reason: "Storage classes are names only.",
      answers: {
        "b14 storage class GLACIER then GET": "200 sc=GLACIER",
      },
    },
    {
      reason: "Keys of the customer are taken over http, and the ETag stays an MD5.",
      answers: {
        "b15 SSE-C put/get/get without key": "rt=true etag=md5:true nokey=400 InvalidArgument",
      },
    },
    {
      reason: "No encryption without a key management service behind it.",
      answers: {
        "b16 SSE-S3 (AES256) echo": "ERR 500 InternalError",
        "b17 SSE-KMS: ETag is not md5": "ERR 500 InternalError",
      },
    },
    {
      reason: "The region is not told.",
      answers: {
        "b20 HEAD bucket region header": "200 undefined",
      },
    },
    {
      reason: "`aws-chunked` stays in Content-Encoding.",
      answers: {
        "c05 PUT of a stream (aws-chunked, trailing checksum)": "etag=md5:true same=true encoding=aws-chunked",
      },
    },
    {
      reason: "Checksums have no type, are not in lists or attributes, and none is made up.",
      answers: {
        "c1 PUT CRC32; HEAD ChecksumMode": "ok",
        "c1 PUT CRC32C; HEAD ChecksumMode": "ok",
        "c1 PUT SHA1; HEAD ChecksumMode": "ok",
        "c1 PUT SHA256; HEAD ChecksumMode": "ok",
        "c1 PUT CRC64NVME; HEAD ChecksumMode": "ok",
        "c20 SDK default PUT: which checksum on HEAD": "ChecksumCRC32",
        "c21 PUT without any checksum (raw): HEAD ChecksumMode": "none",
        'c26 GetObjectAttributes, JS SDK (header "A, B")': "ETag=true size=20000 sc=STANDARD ck=none vid=true",
        "c29 list shows ChecksumAlgorithm/Type": "undefined undefined",
      },
    },
    {
      reason: "`encoding-type=url` is ignored.",
      answers: {
        "d1 key plus": "list(url)",
        "d1 key pct41": "list(url)",
        "d1 key pctzz": "list(url)",
        "d1 key pct2F": "list(url)",
        "d21 SDK list of all odd keys, EncodingType=url":
          'enc=undefined 16/28 missing ["a+b","pct%41","pct%zz","x%2Fy","ctrl\\u0001","c\\u001fx","u￾","/leading","ds//b","dsl//","back\\\\slash","c:\\\\x"]',
        'd22 url-encoding style of "a+b ", "/", "é", "~*"': "zz/a+b é~*(' prefix=zz/",
      },
    },
    {
      reason: "Control characters are listed as U+FFFD.",
      answers: {
        "d1 key ctrl01": "list(url) list(plain)",
        "d1 key ctrl1f": "list(url) list(plain)",
        "d1 key ufffe": "list(url) list(plain)",
        "d20 SDK list of all odd keys, plain":
          '20/28 missing ["ctrl\\u0001","c\\u001fx","u￾","/leading","ds//b","dsl//","back\\\\slash","c:\\\\x"]',
      },
    },
    {
      reason: "Keys with the segments `.` and `..` are refused.",
      answers: {
        "d1 key dotdot/": "PUT 400 InvalidRequest",
        "d1 key a/../b": "PUT 400 InvalidRequest",
        "d1 key ./x": "PUT 400 InvalidRequest",
        "d1 key a/./b": "PUT 400 InvalidRequest",
      },
    },
    {
      reason: "Keys are made paths: empty segments go, a backslash becomes a slash.",
      answers: {
        "d1 key /lead": "list(url) list(plain)",
        "d1 key a//b": "list(url) list(plain)",
        "d1 key backslash": "list(url) list(plain)",
        "d1 key c:\\": "list(url) list(plain)",
      },
    },
    {
      reason: "Bytes in a key that ends in a slash: the connection is closed.",
      answers: {
        "d1 key end//": "ERR no answer",
        "d1 key a/ (empty)": "ERR no answer",
        "d25 a/ with bytes + 2 versions + a": "ERR no answer",
      },
    },
    {
      reason: "Odd parameters of a listing are let pass.",
      answers: {
        "e06 version-id-marker without key-marker": "200",
        "e07 max-keys=0 / 5000 / -1": "0: n=22 trunc=false; 5000: MaxKeys=1000; -1: 200",
      },
    },
  ],
  s3proxy: [
    {
      reason: "No versions where versioning was never enabled.",
      answers: {
        "a05 GET ?versionId=null on unversioned": "ERR 501 NotImplemented",
      },
    },
    {
      reason: "Version ids count: `v0000000000000001`.",
      answers: {
        "a07 PUT after enabling: VersionId": "other form",
      },
    },
    {
      reason: "The 405 for a marker lacks Allow and Last-Modified.",
      answers: {
        "a15 GET ?versionId=DM": "405 MethodNotAllowed dm=true allow=undefined lm=false",
      },
    },
    {
      reason: "A text that is no version id is taken for an unknown one.",
      answers: {
        "a17 GET malformed versionId": "404 NoSuchVersion",
        "a19 GET ?versionId= (empty)": "404 NoSuchVersion",
      },
    },
    {
      reason: "Lists show whole seconds without a fraction.",
      answers: {
        "b08 LastModified: list vs HEAD": "secondsZ same=true",
        "b09 LastModified resolution": "fraction none",
      },
    },
    {
      reason: "Storage classes are names only.",
      answers: {
        "b14 storage class GLACIER then GET": "200 sc=GLACIER",
      },
    },
    {
      reason: "Keys of the customer are taken over http, and the ETag stays an MD5.",
      answers: {
        "b15 SSE-C put/get/get without key": "rt=true etag=md5:true nokey=400 InvalidRequest",
      },
    },
    {
      reason: "No KMS.",
      answers: {
        "b17 SSE-KMS: ETag is not md5": "ERR 400 InvalidArgument",
      },
    },
    {
      reason: "The region is not told.",
      answers: {
        "b20 HEAD bucket region header": "200 undefined",
      },
    },
    {
      reason: "Parts are forgotten.",
      answers: {
        "c02 GET partNumber=2 / HEAD PartsCount": "ERR 501 NotImplemented",
        'c27 GetObjectAttributes raw "A,B": multipart parts': "ETag=-2 parts=undefined listed=0 lm=true vid=false",
      },
    },
    {
      reason: "Checksums are not in lists, none is made up; attributes have no version id.",
      answers: {
        "c21 PUT without any checksum (raw): HEAD ChecksumMode": "none",
        'c26 GetObjectAttributes, JS SDK (header "A, B")':
          "ETag=true size=20000 sc=STANDARD ck=ChecksumSHA256+ChecksumType vid=false",
        "c28 GetObjectAttributes of a DM": "501 NotImplemented",
        "c29 list shows ChecksumAlgorithm/Type": "undefined undefined",
      },
    },
    {
      reason: "Control characters end up raw in XML, which then cannot be read.",
      answers: {
        "d1 key ctrl01": "list(plain)",
        "d1 key ctrl1f": "list(plain)",
        "d20 SDK list of all odd keys, plain": "ERR unreadable answer",
      },
    },
    {
      reason: "Keys are made paths: some are refused, some stored and not listed.",
      answers: {
        "d1 key dotdot/": "PUT 400 InvalidRequest",
        "d1 key a/../b": "PUT 500 InternalError",
        "d1 key ./x": "list(url) list(plain)",
        "d1 key a/./b": "list(url) list(plain)",
        "d1 key /lead": "PUT 400 InvalidRequest",
        "d21 SDK list of all odd keys, EncodingType=url": 'enc=url 27/30 missing ["./x","ds/./b","dsl//"]',
      },
    },
    {
      reason: "A key that ends in a slash loses its bytes.",
      answers: {
        "d1 key end//": "GET 200",
        "d1 key a/ (empty)": "GET 200",
        "d25 a/ with bytes + 2 versions + a": "200 GET 404 NoSuchVersion,three,three list=ds1",
      },
    },
    {
      reason: "No limit for the length of a key.",
      answers: {
        "d1 key 1025 bytes": "ok",
      },
    },
    {
      reason: "A blank is written `%20`.",
      answers: {
        'd22 url-encoding style of "a+b ", "/", "é", "~*"': "zz/a%2Bb%20%C3%A9%7E*%28%27 prefix=zz/",
      },
    },
    {
      reason: "A key cannot also be the folder of another.",
      answers: {
        "d23 a with a/b together, file then dir": "PUT 200/500 InternalError GET 1/404 NoSuchKey",
        "d24 a/b then a (dir then file)": "PUT 200/500 InternalError GET 1/404 NoSuchKey",
        "e08 delimiter: CommonPrefixes with versions": "ERR 500 InternalError",
        "e11 ListObjectsV2 excludes deleted": "a,b,p/1,p/2,q/1,same",
      },
    },
    {
      reason: "Keys are in UTF-16 order.",
      answers: {
        "d26 key order in list (UTF-8 bytes)":
          'other: ["o/A","o/a","o/a b","o/a-b","o/a.b","o/aB","o/ab","o/~","o/é","o/😀","o/～"]',
      },
    },
    {
      reason: "Odd parameters of a listing are let pass.",
      answers: {
        "e06 version-id-marker without key-marker": "200",
      },
    },
    {
      reason: "Each page repeats all common prefixes.",
      answers: {
        "e09 delimiter pagination max-keys=1":
          "66 items in 22 pages, CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/,CP:p/,CP:q/",
      },
    },
  ],
  radosgw: [
    {
      reason: "The `null` id is shown where versioning was never enabled.",
      answers: {
        "a05 GET ?versionId=null on unversioned": "v0 vid=null",
      },
    },
    {
      reason: "Some version ids have 31 characters.",
      answers: {
        "a07 PUT after enabling: VersionId": "other form",
      },
    },
    {
      reason: "A delete marker looks as if there were nothing.",
      answers: {
        "a13 GET current (=DM)": "404 NoSuchKey dm=undefined vid=false",
        "a14 HEAD current (=DM)": "404 dm=undefined vid=false",
        "a15 GET ?versionId=DM": "404 NoSuchKey dm=undefined allow=undefined lm=false",
        "a16 HEAD ?versionId=DM": "404 dm=undefined",
        "c28 GetObjectAttributes of a DM": "404 NoSuchKey",
      },
    },
    {
      reason: "Any version that is not there, well-formed or not, is NoSuchKey.",
      answers: {
        "a17 GET malformed versionId": "404 NoSuchKey",
        "a18 GET unknown well-formed versionId": "404 NoSuchKey",
        "a19 GET ?versionId= (empty)": "404 NoSuchKey",
        "a21 DELETE one version": "404 NoSuchKey current=v2",
      },
    },
    {
      reason: "A copy does not tell versions.",
      answers: {
        "a26 CopyObject from ?versionId": "old srcvid=false vid=false",
      },
    },
    {
      reason: "Lists show the real fraction of a second.",
      answers: {
        "b08 LastModified: list vs HEAD": "seconds and fraction same=true",
        "b09 LastModified resolution": "fractions differ",
      },
    },
    {
      reason: "If-None-Match is not looked at in a PUT.",
      answers: {
        "b11 PUT If-None-Match:* on existing": "200",
      },
    },
    {
      reason: "No storage class of that name.",
      answers: {
        "b14 storage class GLACIER then GET": "ERR 400 InvalidArgument",
      },
    },
    {
      reason: "Keys of the customer are taken over http, and the ETag stays an MD5.",
      answers: {
        "b15 SSE-C put/get/get without key": "rt=true etag=md5:true nokey=400 InvalidArgument",
      },
    },
    {
      reason: "Encryption is not told, and there is no KMS.",
      answers: {
        "b16 SSE-S3 (AES256) echo": "undefined/undefined etag=md5:true",
        "b17 SSE-KMS: ETag is not md5": "ERR 400 InvalidArgument",
      },
    },
    {
      reason: "The connection header is there.",
      answers: {
        "b19 connection header": "connection=Keep-Alive",
      },
    },
    {
      reason: "The region is not told.",
      answers: {
        "b20 HEAD bucket region header": "200 undefined",
      },
    },
    {
      reason: "The answer to CompleteMultipartUpload has no ETag.",
      answers: {
        "c01 multipart ETag md5-N, VersionId (raw, no checksums)": "200 etag=false vid=true",
        "c04 multipart, SDK default (CRC32 on parts only)": "ok ",
      },
    },
    {
      reason: "No parts and no GetObjectAttributes.",
      answers: {
        "c02 GET partNumber=2 / HEAD PartsCount": "len=false undefined PartsCount=undefined",
        'c26 GetObjectAttributes, JS SDK (header "A, B")': "ERR unreadable answer",
        'c27 GetObjectAttributes raw "A,B": multipart parts':
          "ETag=undefined parts=undefined listed=0 lm=true vid=true",
      },
    },
    {
      reason: "No aws-chunked bodies: 411 while the body is still coming.",
      answers: {
        "c05 PUT of a stream (aws-chunked, trailing checksum)": "ERR no answer",
      },
    },
    {
      reason: "No checksums at all.",
      answers: {
        "c1 PUT CRC32; HEAD ChecksumMode": "none",
        "c1 PUT CRC32C; HEAD ChecksumMode": "none",
        "c1 PUT SHA1; HEAD ChecksumMode": "none",
        "c1 PUT SHA256; HEAD ChecksumMode": "none",
        "c1 PUT CRC64NVME; HEAD ChecksumMode": "none",
        "c20 SDK default PUT: which checksum on HEAD": "none",
        "c21 PUT without any checksum (raw): HEAD ChecksumMode": "none",
        "c22 GET ChecksumMode: header, no mode: no header": "false false",
        "c23 wrong checksum / wrong Content-MD5 refused": "200 / 400 BadDigest",
        "c24 multipart SHA256 composite": "undefined undefined",
        "c25 multipart CRC32 FULL_OBJECT": "undefined undefined",
        "c29 list shows ChecksumAlgorithm/Type": "undefined undefined",
      },
    },
    {
      reason: "Another code for a key that is too long.",
      answers: {
        "d1 key 1025 bytes": "PUT 400 InvalidObjectName",
      },
    },
    {
      reason: "A blank is written `%20`, a slash `%2F`.",
      answers: {
        'd22 url-encoding style of "a+b ", "/", "é", "~*"': "zz%2Fa%2Bb%20%C3%A9~*(' prefix=zz/",
      },
    },
    {
      reason: "A key-marker alone repeats its key.",
      answers: {
        "e04 key-marker only: starts after key": "b,c,same",
      },
    },
    {
      reason: "Odd parameters of a listing are let pass.",
      answers: {
        "e06 version-id-marker without key-marker": "200",
        "e07 max-keys=0 / 5000 / -1": "0: n=0 trunc=false; 5000: MaxKeys=1000; -1: 200",
      },
    },
  ],
};

/** The answers to expect of a server: AWS's but for its known differences. */
export function expectedAnswers(
  server: string,
  awsAnswers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const differences = (knownDifferences[server] ?? []).map(({ answers }) => answers);
  return Object.assign({}, awsAnswers, ...differences);
}
