"""Memory of arrays that are freed, kept for those that come next.

The C library gives large blocks back to the system as soon as they are freed, and what it gets
anew comes page by page, which can cost more than what is computed. glibc keeps blocks up to the
size of the largest that it has given back so far, and at most 32 MiB.
"""

from __future__ import annotations

from functools import cache

import numpy as np

_LARGEST = 31 << 20


@cache
def keep_freed() -> None:
    """Have blocks of up to 31 MiB kept from now on, by freeing one that was never touched."""
    np.empty(_LARGEST, dtype=np.uint8)
