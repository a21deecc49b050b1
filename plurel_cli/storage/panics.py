"""What Polars' threads write to standard error when a broken file makes them give up.

Their errors come back as exceptions as well, of which we make a sentence. The words go past
Python, so only the file descriptor can hold them back.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def without_panics() -> Iterator[None]:
    """Hold back what goes to standard error, while files are read that are known to be broken."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # there is none
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
