"""Reads JSON lines, each `[key, version_id]`, and writes them as S3-Version-Utilities does.

    write_seed_manifest.py MANIFEST < lines

That is Python's csv with the backslash as its quote character, quoting only where needed.
"""

import csv
import json
import sys

with open(sys.argv[1], "w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file, delimiter=",", quotechar="\\", quoting=csv.QUOTE_MINIMAL)
    for line in sys.stdin:
        writer.writerow(json.loads(line))
