"""Peak memory of this process."""

from __future__ import annotations

import re
import resource
from pathlib import Path


def peak_mib() -> float:
    """Most memory that this process has had resident, MiB.

    Notes
    -----
    By Linux' own count of the program that runs: `ru_maxrss` goes on from the process that
    started it, and would tell of that one's memory.
    """
    status = Path("/proc/self/status")
    if status.exists():
        match = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        if match is not None:
            return int(match[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
