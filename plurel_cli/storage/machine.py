"""What this process may use of its machine: cores and memory.

A container or a job of a cluster often has a share of the machine, which the number of its cores
does not tell; the kernel's control groups do.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_GROUP = Path("/sys/fs/cgroup")


def usable_cores(group: Path = _GROUP) -> int:
    """Cores that this process may run on, at least one.

    Parameters
    ----------
    group
        Folder of the control group.

    Notes
    -----
    The lesser of the process' affinity, which Slurm sets, and the quota of its control group,
    which Kubernetes and Docker set.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = (group / "cpu.max").read_text().split()
        if quota != "max":
            cores = min(cores, -(-int(quota) // int(period)))
    return max(1, cores)
