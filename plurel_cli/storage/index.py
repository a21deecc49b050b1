"""The index of a corpus: `corpus.json`, and the journal it grows from.

A run appends a line to its journal for every database that it has finished with, so that a kill
at any moment costs at most the last line. When none is left to make, the lines are written to
`corpus.json`, which takes its place in one step, and the journal goes. A shard has files of its
own, which `plurel corpus --merge` joins.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.schema.model import Made
from plurel_cli.schema.record import Record
from plurel_cli.storage.document import check_format, refused

INDEX_VERSION = 1
"""Version of `corpus.json`; a reader refuses a later one."""

INDEX_FILE = "corpus.json"
JOURNAL_FILE = "corpus.journal"


class Shard(NamedTuple):
    """One of several runs that make a corpus together.

    Examples
    --------
    >>> str(Shard(0, 4))
    '0/4'
    """

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


WHOLE = Shard(0, 1)


class SourceConfig(Record):
    """A config that databases of the corpus are drawn from."""

    name: str = Field(description="File it was read from, or `default`.")
    weight: float = Field(ge=0, description="Its weight in the mixture.")
    fingerprint: str = Field(description="Hash of the resolved config.")


class Entry(Record):
    """One database of a corpus."""

    seed: int = Field(ge=0, lt=1 << 64, description="Its seed, which names its folder.")
    config: str = Field(description="Fingerprint of the config it was drawn from.")
    status: Literal["done", "failed"] = Field(description="Whether it is there.")
    rows: int = Field(default=0, ge=0, description="Rows of all its tables.")
    bytes: int = Field(default=0, ge=0, description="Size of its files.")
    seconds: float = Field(
        default=0.0, ge=0, description="Time it took; 0 where the run was killed before noting it."
    )
    digest: str = Field(
        default="", description="Hash of the names, sizes and last 64 KiB of its files."
    )
    error: str | None = Field(default=None, description="Why it failed.")


class Index(Record):
    """What is in a corpus."""

    format: Literal["plurel-corpus"] = Field(
        default="plurel-corpus", description="Marks the file as ours."
    )
    version: int = Field(default=INDEX_VERSION, description="Version of this format.")
    seeds: tuple[int, int] = Field(description="First seed, and the one after the last.")
    shard: tuple[int, int] = Field(default=WHOLE, description="Which shard this is, of how many.")
    fingerprint: str = Field(description="Hash of all configs and their weights.")
    configs: tuple[SourceConfig, ...] = Field(
        min_length=1, description="Configs that databases are drawn from."
    )
    made: tuple[Made, ...] = Field(
        default=(), description="What made the corpus: an entry for each environment."
    )
    databases: tuple[Entry, ...] = Field(default=(), description="The databases, by seed.")

    @property
    def failed(self) -> tuple[Entry, ...]:
        """Databases that could not be made."""
        return tuple(entry for entry in self.databases if entry.status == "failed")

    @property
    def plurel(self) -> str:
        """Version of plurel that made it."""
        return self.made[0].plurel if self.made else ""

    @property
    def is_complete(self) -> bool:
        """Whether it lists the databases of its seeds, or of its shard's, in order."""
        number, of = self.shard
        return [entry.seed for entry in self.databases] == list(range(*self.seeds)[number::of])

    def head(self) -> dict[str, Any]:
        """All but the databases, as plain data."""
        return self.model_dump(mode="json", exclude={"databases"})

    def to_json(self) -> str:
        """The text of `corpus.json`: a line a database."""
        text = json.dumps(self.head(), indent=1, ensure_ascii=False).removesuffix("\n}")
        lines = ",\n  ".join(map(_line, self.databases))
        return f'{text},\n "databases": [\n  {lines}\n ]\n}}\n'


def _line(entry: Entry) -> str:
    return json.dumps(entry.model_dump(mode="json", exclude_none=True), ensure_ascii=False)


def index_file(shard: Shard) -> str:
    """Name of the index of a run."""
    return INDEX_FILE if shard == WHOLE else f"corpus-{shard.number}-of-{shard.of}.json"


def journal_file(shard: Shard) -> str:
    """Name of the journal of a run."""
    return JOURNAL_FILE if shard == WHOLE else f"corpus-{shard.number}-of-{shard.of}.journal"


def read_index(path: Path) -> Index | None:
    """The index in a file, or nothing where there is no file.

    Raises
    ------
    FolderError
        If it is broken or of a later version.
    StorageError
        If it cannot be read.
    """
    text = _text(path)
    if text is None:
        return None
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FolderError(path, f"is not JSON: {error}") from None
    return _checked(raw, path)


def read_journal(path: Path) -> Index | None:
    """What a journal says, up to the first line that is not whole."""
    text = _text(path)
    if text is None:
        return None
    head: Index | None = None
    entries: dict[int, Entry] = {}
    for line in text.split(b"\n")[:-1]:
        try:
            raw = json.loads(line)
        except (ValueError, RecursionError):
            break
        if isinstance(raw, dict) and "format" in raw:
            head = _checked(raw, path)
            continue
        try:
            entry = Entry.model_validate_json(line)
        except ValidationError:
            break
        entries[entry.seed] = entry
    return head and head.but(databases=tuple(entries.values()))


def _text(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise storage_error(path, error) from None


def _checked(raw: object, path: Path) -> Index:
    check_format(raw, path, "plurel-corpus", INDEX_VERSION)
    try:
        return Index.model_validate(raw)
    except ValidationError as error:
        raise refused(error, path) from None


def write_index(folder: Path, index: Index) -> None:
    """Write the index of a corpus or a shard, whole or not at all.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    name = index_file(Shard(*index.shard))
    _replace(folder / name, index.to_json().encode())


def _replace(path: Path, data: bytes) -> None:
    half = path.with_name(f".{path.name}.new")
    try:
        with half.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError as error:
        raise storage_error(path, error) from None
    finally:
        with suppress(OSError):
            half.unlink()


def remove_index(folder: Path, shard: Shard) -> None:
    """Remove the index of a run, if there is one."""
    path = folder / index_file(shard)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(path, error) from None


class Journal:
    """What a run notes down; `journal` opens it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def begin(self, index: Index) -> None:
        """Start anew with what an index holds."""
        lines = [json.dumps(index.head(), ensure_ascii=False), *map(_line, index.databases)]
        _replace(self._path, "".join(f"{line}\n" for line in lines).encode())

    def note(self, entry: Entry) -> None:
        """Append an entry; a later one of the same seed counts.

        Raises
        ------
        StorageError
            If the disk refuses.
        """
        self._append(_line(entry))

    def note_head(self, index: Index) -> None:
        """Append all of an index but its databases, in place of what was said before."""
        self._append(json.dumps(index.head(), ensure_ascii=False))

    def _append(self, text: str) -> None:
        try:
            with self._path.open("ab", buffering=0) as file:
                line = f"{text}\n".encode()
                if file.write(line) != len(line):
                    raise OSError(28, "No space left on device")
        except OSError as error:
            raise storage_error(self._path, error) from None

    def finish(self, index: Index) -> None:
        """Write the index, and let go of the journal."""
        write_index(self._path.parent, index)
        with suppress(OSError):
            self._path.unlink()


@contextmanager
def journal(folder: Path, shard: Shard) -> Iterator[Journal]:
    """The journal of a run, which no other run has at the same time.

    Raises
    ------
    FolderError
        If another run has it.
    StorageError
        If the disk refuses.
    """
    path = folder / journal_file(shard)
    lock = path.with_name(f".{path.name}.lock")
    try:
        descriptor = _locked(lock)
    except OSError as error:
        raise storage_error(lock, error) from None
    if descriptor is None:
        raise FolderError(folder, "another run is at work on it", remedy="let that one end")
    try:
        yield Journal(path)
    finally:
        with suppress(OSError):
            lock.unlink()
        os.close(descriptor)


def _locked(path: Path) -> int | None:
    """Descriptor of a lock file that is now ours, if it can be."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        if not _is_locked(descriptor):
            os.close(descriptor)
            return None
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        os.close(descriptor)  # its former owner has removed it meanwhile


def _is_locked(descriptor: int) -> bool:
    """Whether the lock is ours now; where there are none, as on some network disks, it is."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return True
    return True


def indexes(folder: Path) -> tuple[list[Index], list[str]]:
    """Indexes of shards in a folder, and names of journals of runs that have not ended."""
    found, journals = [], []
    for name in names_in(folder):
        if name.startswith("corpus") and name.endswith(".journal"):
            journals.append(name)
        elif name.startswith("corpus-") and name.endswith(".json"):
            index = read_index(folder / name)
            if index is not None:
                found.append(index)
    return sorted(found, key=lambda index: index.shard), journals


def names_in(folder: Path) -> list[str]:
    """Names of what is in a folder, in order; none where there is no folder.

    Raises
    ------
    FolderError
        If it is a file.
    StorageError
        If it cannot be read.
    """
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 (a million names, of which none is a Path)
    except FileNotFoundError:
        return []
    except NotADirectoryError:
        raise FolderError(folder, "is not a folder", remedy="choose another --out") from None
    except OSError as error:
        raise storage_error(folder, error) from None


def make_folder(folder: Path) -> None:
    """Make the folder of a corpus, if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise FolderError(folder, "is not a folder", remedy="choose another --out") from None
    except OSError as error:
        raise storage_error(folder, error) from None


def one_after_another(found: Sequence[Entry]) -> tuple[Entry, ...]:
    """Entries by seed."""
    return tuple(sorted(found, key=lambda entry: entry.seed))
