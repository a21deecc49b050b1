"""Bytes that come by a pipe, of which an interruption loses none.

An exception of a signal's handler may be raised between any two steps of Python's. So what has been
read is kept with the number of its bytes, and reading and counting are one step.
"""

from __future__ import annotations

from collections import deque
from io import FileIO
from operator import add

from plurel_cli.waiting import until_readable


class Filling:
    """Room for a number of bytes, and how many of them have come.

    Parameters
    ----------
    n_bytes
        How many are to come.

    Attributes
    ----------
    data
        The bytes, once all have come.
    """

    def __init__(self, n_bytes: int) -> None:
        self.data = bytearray(n_bytes)
        self._reached = deque([0], maxlen=1)

    def fill(self, pipe: FileIO) -> bool:
        """Read what has not come yet; a call after one that was interrupted goes on with it.

        Parameters
        ----------
        pipe
            Where the bytes come from.

        Returns
        -------
        bool
            Whether all have come; if not, the pipe has ended.
        """
        with memoryview(self.data) as view:
            while (start := self._reached[0]) < len(view):
                until_readable(pipe.fileno())
                with view[start:] as rest:
                    self._reached.extend(map(add, (start,), map(pipe.readinto, (rest,))))
                if self._reached[0] == start:
                    return False
        return True
