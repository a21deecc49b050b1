"""What a run of a corpus is asked for, read from text and checked: seeds, memory."""

from __future__ import annotations

import re

from plurel_cli.errors import UsageError
from plurel_cli.numerics.stream import SEED_LIMIT

LEAST_MEMORY = 256 << 20
"""Bytes below which a worker cannot be expected to make anything."""

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_MEMORY = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?)(I?)B?", re.IGNORECASE)


def parse_seeds(text: str) -> range:
    """Seeds from `FIRST:END`, the end not included, or from one number.

    Raises
    ------
    UsageError
        If they are neither, or none.

    Examples
    --------
    >>> parse_seeds("0:10000")
    range(0, 10000)
    >>> parse_seeds("42")
    range(42, 43)
    """
    match = re.fullmatch(r"([0-9]{1,20})(?::([0-9]{1,20}))?", text.strip())
    if match is None:
        rule = "must be FIRST:END, the end not included, as in 0:10000"
        raise UsageError("--seeds", rule, text)
    first = int(match[1])
    return check_seeds(range(first, int(match[2]) if match[2] else first + 1))


def check_seeds(seeds: range) -> range:
    """The seeds, if they are a run of such as a database may have."""
    if seeds.step != 1:
        raise UsageError("--seeds", "must be consecutive", seeds.step)
    if not seeds:
        raise UsageError("--seeds", "must end above the first", f"{seeds.start}:{seeds.stop}")
    if not 0 <= seeds.start < seeds.stop <= SEED_LIMIT:
        rule = f"must lie from 0 to {SEED_LIMIT - 1}"
        raise UsageError("--seeds", rule, f"{seeds.start}:{seeds.stop}")
    return seeds


def parse_memory(text: str) -> int:
    """Bytes from a number with a unit.

    Examples
    --------
    >>> parse_memory("4GB"), parse_memory("512MiB")
    (4000000000, 536870912)
    """
    match = _MEMORY.fullmatch(text.strip())
    if match is None or (match[3] and not match[2]):
        raise UsageError("--memory", "must be a size such as 4GB or 512MiB", text)
    unit = match[2].upper()
    return check_memory(int(float(match[1]) * (_BINARY_UNITS if match[3] else _UNITS)[unit]))


def check_memory(n_bytes: int) -> int:
    """The bytes, if one worker can do with them."""
    if n_bytes < LEAST_MEMORY:
        rule = f"must be at least {LEAST_MEMORY >> 20}MiB, which one worker needs"
        raise UsageError("--memory", rule, f"{n_bytes / (1 << 20):.0f}MiB")
    return n_bytes


def check_jobs(jobs: int) -> int:
    """The number of workers, if there can be so many."""
    if jobs < 1:
        raise UsageError("--jobs", "must be at least 1", jobs)
    return jobs
