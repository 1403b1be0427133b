"""Prints the manifest of a bucket as the definition alone gives it, listed by boto3's paginator.

    list_versions.py ENDPOINT BUCKET PREFIX [AT]

The version of a key that counts is the one marked latest, or, with AT (RFC 3339), the newest one that is not later
than AT; a key whose newest row by then is a delete marker is left out. Of rows with one and the same time the one that
is listed first is the newer. boto3 gives versions and delete markers apart, so a tie between the two can only be told
where one of them is marked latest; any other ends the script with exit code 3.
"""

import sys
from collections import defaultdict
from datetime import datetime, timezone

import boto3


def rows_by_key(endpoint, bucket, prefix):
    client = boto3.client("s3", endpoint_url=endpoint, config=boto3.session.Config(s3={"addressing_style": "path"}))
    rows = defaultdict(list)
    seen = set()
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        for field in ("Versions", "DeleteMarkers"):
            for row in page.get(field, []):
                identity = (row["Key"], row["VersionId"])
                if identity in seen:
                    continue
                seen.add(identity)
                rows[row["Key"]].append((field == "DeleteMarkers", row))
    return rows


def current(rows, at):
    """The row that counts, or None when the key is not there."""
    if at is None or all(row["LastModified"] <= at for _, row in rows):
        latest = [(is_marker, row) for is_marker, row in rows if row["IsLatest"]]
        if len(latest) != 1:
            sys.exit(f"{len(latest)} latest rows of {rows[0][1]['Key']!r}")
        is_marker, row = latest[0]
        return None if is_marker else row
    in_time = [(is_marker, row) for is_marker, row in rows if row["LastModified"] <= at]
    if not in_time:
        return None
    newest_time = max(row["LastModified"] for _, row in in_time)
    newest = [(is_marker, row) for is_marker, row in in_time if row["LastModified"] == newest_time]
    if len({is_marker for is_marker, _ in newest}) == 2:
        print(f"version and delete marker at one time: {newest[0][1]['Key']!r}", file=sys.stderr)
        sys.exit(3)
    is_marker, row = newest[0]
    return None if is_marker else row


def timestamp(moment):
    moment = moment.astimezone(timezone.utc)
    fraction = f".{moment.microsecond // 1000:03d}" if moment.microsecond else ""
    return f"{moment.strftime('%Y-%m-%dT%H:%M:%S')}{fraction}Z"


def csv_cell(text):
    """By RFC 4180, in quotes only where needed."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in '",\r\n') else text


def main(endpoint, bucket, prefix, at=None):
    moment = datetime.fromisoformat(at.replace("Z", "+00:00")) if at else None
    chosen = [current(rows, moment) for rows in rows_by_key(endpoint, bucket, prefix).values()]
    chosen = [row for row in chosen if row is not None]
    chosen.sort(key=lambda row: row["Key"].encode())
    out = open(sys.stdout.fileno(), "w", encoding="utf-8", newline="")
    print("path,version_id,size,etag,last_modified,source", file=out)
    for row in chosen:
        path = row["Key"][len(prefix) :]
        etag = row["ETag"].strip('"')
        cells = [path, row["VersionId"], row["Size"], etag, timestamp(row["LastModified"]), f"s3://{bucket}/{prefix}"]
        print(",".join(csv_cell(str(cell)) for cell in cells), file=out)


if __name__ == "__main__":
    main(*sys.argv[1:])
