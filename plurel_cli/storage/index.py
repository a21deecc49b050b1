"""The index of a corpus: `corpus.json`.

It says what databases there are, and by what each is known again. It is written when none is left
to make; until then there is a `journal`. A shard has files of its own, which `plurel corpus
--merge` joins.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field, ValidationError

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.schema.model import Made
from plurel_cli.schema.record import Record
from plurel_cli.storage.document import check_format, refused
from plurel_cli.storage.naming import PREFIX, USUAL_PREFIX, member_name
from plurel_cli.storage.place import Place, names_in
from plurel_cli.storage.sync import replace_file
from plurel_cli.storage.turn import WHOLE, Turn

INDEX_VERSION = 1
"""Version of `corpus.json`; a reader refuses a later one."""

INDEX_FILE = "corpus.json"
JOURNAL_FILE = "corpus.journal"


class SourceConfig(Record):
    """A config that databases of the corpus are drawn from."""

    name: str = Field(description="File it was read from, or `default`.")
    weight: float = Field(ge=0, description="Its weight in the mixture.")
    fingerprint: str = Field(description="Hash of the resolved config.")


class Facts(Record):
    """What a database of a corpus is like, so that it can be chosen by that."""

    layout: str = Field(description="Family of its schema graph.")
    theme: str | None = Field(default=None, description="Theme of its names, if it has one.")
    tables: int = Field(description="Tables.")
    foreign_keys: int = Field(description="Foreign keys.")
    columns: int = Field(description="Columns, keys included.")
    features: int = Field(description="Columns besides keys and times.")
    largest: int = Field(description="Rows of its largest table.")
    timed: int = Field(description="Tables with times.")
    nullable_keys: int = Field(description="Foreign keys that may be null.")
    self_keys: int = Field(description="Foreign keys of a table to itself.")
    depth: int = Field(description="Longest path of its schema graph, in foreign keys.")
    start: dt.date | None = Field(default=None, description="First day of its window.")
    end: dt.date | None = Field(default=None, description="Last day of its window.")
    constant: int = Field(
        default=0, description="Features that hold one value in the first 262,144 rows."
    )


class IndexEntry(Record):
    """One database of a corpus."""

    seed: int = Field(ge=0, lt=1 << 64, description="Its seed, with which its folder's name ends.")
    config: str = Field(description="Fingerprint of the config it was drawn from.")
    status: Literal["done", "failed", "removed"] = Field(description="Whether it is there.")
    rows: int = Field(default=0, ge=0, description="Rows of all its tables.")
    bytes: int = Field(default=0, ge=0, description="Size of its files.")
    seconds: float = Field(
        default=0.0, ge=0, description="Time it took; 0 where the run was killed before noting it."
    )
    digest: str = Field(
        default="", description="Hash of the names, sizes and last 64 KiB of its files."
    )
    tags: str | None = Field(
        default=None, description="Hash of the names and ETags of its files, in a bucket."
    )
    facts: Facts | None = Field(default=None, description="What it is like, if it is there.")
    error: str | None = Field(default=None, description="Why it failed.")


class Index(Record):
    """What is in a corpus."""

    format: Literal["plurel-corpus"] = Field(
        default="plurel-corpus", description="Marks the file as ours."
    )
    version: int = Field(default=INDEX_VERSION, description="Version of this format.")
    seeds: tuple[int, int] = Field(description="First seed, and the one after the last.")
    prefix: str = Field(
        default=USUAL_PREFIX,
        pattern=rf"^{PREFIX.pattern}$",
        description="What the names of its databases begin with.",
    )
    shard: tuple[int, int] = Field(default=WHOLE, description="Which shard this is, of how many.")
    fingerprint: str = Field(description="Hash of all configs and their weights.")
    configs: tuple[SourceConfig, ...] = Field(
        min_length=1, description="Configs that databases are drawn from."
    )
    made: tuple[Made, ...] = Field(
        default=(), description="What made the corpus: an entry for each environment."
    )
    databases: tuple[IndexEntry, ...] = Field(default=(), description="The databases, by seed.")

    @property
    def failed(self) -> tuple[IndexEntry, ...]:
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

    def name_of(self, seed: int) -> str:
        """Name of the folder of a database."""
        return member_name(self.prefix, seed)

    def head(self) -> dict[str, Any]:
        """All but the databases, as plain data."""
        return self.model_dump(mode="json", exclude={"databases"})

    def to_json(self) -> str:
        """The text of `corpus.json`: a line a database."""
        text = json.dumps(self.head(), indent=1, ensure_ascii=False).removesuffix("\n}")
        lines = ",\n  ".join(map(entry_line, self.databases))
        return f'{text},\n "databases": [\n  {lines}\n ]\n}}\n'


def entry_line(entry: IndexEntry) -> str:
    """The line of a database, in an index or a journal."""
    return json.dumps(entry.model_dump(mode="json", exclude_none=True), ensure_ascii=False)


def index_file(shard: Turn) -> str:
    """Name of the index of a run."""
    return INDEX_FILE if shard == WHOLE else f"corpus-{shard.number}-of-{shard.of}.json"


def journal_file(shard: Turn) -> str:
    """Name of the journal of a run."""
    return JOURNAL_FILE if shard == WHOLE else f"corpus-{shard.number}-of-{shard.of}.journal"


def read_index(path: Place) -> Index | None:
    """The index in a file, or nothing where there is no file.

    Raises
    ------
    FolderError
        If it is broken or of a later version.
    StorageError
        If it cannot be read.
    """
    text = content(path)
    if text is None:
        return None
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FolderError(path, f"is not JSON: {error}") from None
    return checked_index(raw, path)


def content(path: Place) -> bytes | None:
    """What is in a file, if there is one."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise storage_error(path, error) from None


def checked_index(raw: object, path: Place) -> Index:
    """An index, or all but its databases, from what a file holds.

    Parameters
    ----------
    raw
        What the file holds.
    path
        The file, for messages.

    Returns
    -------
    Index

    Raises
    ------
    FolderError
        If it is no index, or of a later version.
    """
    check_format(raw, path, "plurel-corpus", INDEX_VERSION)
    try:
        return Index.model_validate(raw)
    except ValidationError as error:
        raise refused(error, path) from None


def write_index(folder: Place, index: Index) -> None:
    """Write the index of a corpus or a shard, whole or not at all.

    Parameters
    ----------
    folder
        Folder of the corpus.
    index
        The index.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    name = index_file(Turn(*index.shard))
    replace_file(folder / name, index.to_json().encode())


def remove_index(folder: Place, shard: Turn) -> None:
    """Remove the index of a run, if there is one.

    Parameters
    ----------
    folder
        Folder of the corpus.
    shard
        What the run makes of it.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    path = folder / index_file(shard)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(path, error) from None


def indexes(folder: Place) -> tuple[list[Index], list[str]]:
    """Indexes of shards in a folder, and names of journals of runs that have not ended."""
    several, journals = [], []
    for name in names_in(folder):
        if name.startswith("corpus") and name.endswith(".journal"):
            journals.append(name)
        elif name.startswith("corpus-") and name.endswith(".json"):
            index = read_index(folder / name)
            if index is not None:
                several.append(index)
    return sorted(several, key=lambda index: index.shard), journals


def one_after_another(entries: Sequence[IndexEntry]) -> tuple[IndexEntry, ...]:
    """Entries by seed."""
    return tuple(sorted(entries, key=lambda entry: entry.seed))
