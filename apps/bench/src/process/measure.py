"""Runs a command and says what it cost: python3 measure.py REPORT COMMAND ARG...

The kernel's own account (wait4) covers the command and all of its children that it waited for, to the microsecond; a shell's `time`
and GNU time round to 10 ms.
"""
import json
import os
import sys
import time

report, command = sys.argv[1], sys.argv[2:]
start = time.perf_counter()
pid = os.posix_spawnp(command[0], command, os.environ)
_, status, usage = os.wait4(pid, 0)
wall = time.perf_counter() - start
with open(report, "w", encoding="utf-8") as file:
    json.dump(
        {
            "exitCode": os.waitstatus_to_exitcode(status),
            "wallS": wall,
            "userS": usage.ru_utime,
            "systemS": usage.ru_stime,
            "maxRssKiB": usage.ru_maxrss,
        },
        file,
    )
