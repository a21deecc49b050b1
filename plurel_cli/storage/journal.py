"""The journal of a run of a corpus, from which its index grows.

A run appends a line for every database that it has finished with, so that a kill at any moment
costs at most the last line. When none is left to make, the lines are written to the index, and the
journal goes. In a bucket, where nothing can be appended to, the lines are in objects that follow
one another.
"""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import ValidationError

from plurel_cli.errors import FolderError, StorageError, storage_error
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.index import (
    Index,
    IndexEntry,
    checked_index,
    content,
    entry_line,
    journal_file,
    write_index,
)
from plurel_cli.storage.lock import lock_file
from plurel_cli.storage.place import Place, each
from plurel_cli.storage.sync import replace_file
from plurel_cli.storage.turn import Turn

_EVERY_S = 5.0
_DIGITS = 9


def read_journal(path: Place) -> Index | None:
    """What a journal says, up to the first line that is not whole."""
    text = _objects(path) if isinstance(path, BucketPath) else content(path)
    if text is None:
        return None
    head: Index | None = None
    entries: dict[int, IndexEntry] = {}
    for line in text.split(b"\n")[:-1]:
        try:
            raw = json.loads(line)
        except (ValueError, RecursionError):
            break
        if isinstance(raw, dict) and "format" in raw:
            head = checked_index(raw, path)
            continue
        try:
            entry = IndexEntry.model_validate_json(line)
        except ValidationError:
            break
        entries[entry.seed] = entry
    return head and head.but(databases=tuple(entries.values()))


class Journal(ABC):
    """What a run notes down; `journal` opens it."""

    def __init__(self, folder: Place) -> None:
        self._folder = folder

    def begin(self, index: Index) -> None:
        """Start anew with what an index holds."""
        self._start([_head(index), *map(entry_line, index.databases)])

    def note(self, entry: IndexEntry) -> None:
        """Append an entry; a later one of the same seed counts.

        Raises
        ------
        StorageError
            If the disk or the store refuses.
        FolderError
            If another run has gone on with a journal in a bucket.
        """
        self._append(entry_line(entry))

    def note_head(self, index: Index) -> None:
        """Append all of an index but its databases, in place of what was said before."""
        self._append(_head(index))

    def finish(self, index: Index) -> None:
        """Write the index, and let go of the journal."""
        self.write()
        write_index(self._folder, index)
        self._remove()

    def write(self) -> None:
        """Write what has been noted and not been written yet."""
        return

    @abstractmethod
    def _start(self, lines: list[str]) -> None: ...

    @abstractmethod
    def _append(self, line: str) -> None: ...

    @abstractmethod
    def _remove(self) -> None: ...


def _head(index: Index) -> str:
    return json.dumps(index.head(), ensure_ascii=False)


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


class _File(Journal):
    """On a disk: a file that is appended to."""

    def __init__(self, folder: Place, path: Path) -> None:
        super().__init__(folder)
        self._path = path

    def _start(self, lines: list[str]) -> None:
        replace_file(self._path, _text(lines))

    def _append(self, line: str) -> None:
        data = _text([line])
        try:
            with self._path.open("ab", buffering=0) as file:
                if file.write(data) != len(data):
                    raise OSError(28, "No space left on device")
        except OSError as error:
            raise storage_error(self._path, error) from None

    def _remove(self) -> None:
        with suppress(OSError):
            self._path.unlink()


class _Objects(Journal):
    """In a bucket: objects that are numbered in their order.

    Lines wait for each other for some seconds, so that there are not too many objects. What is lost
    by a kill are notes of databases that are there, which the next run finds. No two runs can write
    the same number, so a run that is thought to be gone learns that another has gone on.
    """

    def __init__(self, folder: Place, path: BucketPath) -> None:
        super().__init__(folder)
        self._path = path
        self._number = 0
        self._lines: list[str] = []
        self._written = 0.0

    @property
    def are_waiting(self) -> bool:
        """Whether notes have not been written yet."""
        return bool(self._lines)

    def _start(self, lines: list[str]) -> None:
        former = _numbers(self._path)
        self._number = int(max(former, default="0"))
        self._lines = lines
        self.write()
        self._path.remove(former)

    def _append(self, line: str) -> None:
        self._lines.append(line)
        if time.monotonic() - self._written >= _EVERY_S:
            self.write()

    def write(self) -> None:
        self._number += 1
        try:
            (self._path / f"{self._number:0{_DIGITS}d}").create(_text(self._lines))
        except FileExistsError:
            rule, remedy = "another run has gone on with it", "let that one end"
            raise FolderError(self._folder, rule, remedy=remedy) from None
        self._lines = []
        self._written = time.monotonic()

    def _remove(self) -> None:
        with suppress(StorageError):
            self._path.remove(_numbers(self._path))


def _numbers(path: BucketPath) -> list[str]:
    """Names of the objects of a journal, in their order."""
    return [name for name in path.files() if name.isascii() and name.isdigit()]


def _objects(path: BucketPath) -> bytes | None:
    """The text of a journal in a bucket, if there is one."""
    names = _numbers(path)
    return b"".join(each(path, lambda name: (path / name).read_bytes(), names)) if names else None


@contextmanager
def journal(folder: Place, turn: Turn) -> Iterator[Journal]:
    """The journal of a run, which no other run has at the same time.

    In a bucket there are no locks that go when their owner dies: the later run has it, and the
    earlier one is told when it notes the next database.

    Parameters
    ----------
    folder
        Folder of the corpus.
    turn
        What the run makes of it.

    Yields
    ------
    Journal

    Raises
    ------
    BusyError
        If another run has it.
    StorageError
        If the disk refuses.
    """
    if isinstance(folder, BucketPath):
        notes = _Objects(folder, folder / journal_file(turn))
        try:
            yield notes
        except BaseException:
            if notes.are_waiting:
                with suppress(FolderError, StorageError):
                    notes.write()
            raise
        return
    path = folder / journal_file(turn)
    try:
        lock = lock_file(path.with_name(f".{path.name}.lock"), folder)
    except OSError as error:
        raise storage_error(path, error) from None
    try:
        yield _File(folder, path)
    finally:
        lock.release()
