"""Workers that write a table only when a test lets them, so that a run is never done too early."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WAITING = """
import plurel_cli.corpus.nursery as nursery, plurel_cli.corpus.pool as pool
waiting = '''
import plurel_cli.pipeline as pipeline
write, made = None, pipeline.written_to
def waiting(*its):
    global write
    if write is None:  # not before: what it needs must not be there where workers are forked
        import os
        import plurel_cli.storage.database as database
        write, permits = database.write_part, os.open({path!r}, os.O_RDONLY)
        database.write_part = lambda *its: (os.read(permits, 1), write(*its))
    return made(*its)
pipeline.written_to = waiting
'''
for module in (nursery, pool):
    then = '; exec(' + repr(waiting) + ', globals()); main()'
    module._PROGRAM = module._PROGRAM.replace('; main()', then)
"""


class Permits:
    """Tables that the workers of a command may write, and no more.

    Attributes
    ----------
    code
        What must run before the command.
    """

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self._pipe = os.open(path, os.O_RDWR)
        self.code = _WAITING.format(path=str(path))

    def give(self, n: int) -> None:
        """Let some more tables be written, by whichever worker asks first."""
        os.write(self._pipe, b"1" * n)

    def close(self) -> None:
        """Let workers that still wait go on."""
        os.close(self._pipe)


@contextmanager
def permits(path: Path) -> Iterator[Permits]:
    """Permits by way of a pipe at a path, which is made."""
    given = Permits(path)
    try:
        yield given
    finally:
        given.close()
        path.unlink()
