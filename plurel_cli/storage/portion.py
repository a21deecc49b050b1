"""What one of several runs has made of a database, noted beside its files until all are merged.

A run makes every n-th file of the tables from the k-th on, in the place where the database is to
be. Its note, `portion-0-of-4.json`, holds the database as it is planned and the files that are
whole. By the notes, a run (`portion_run`) and a merge (`portion_merge`) can tell what belongs to
the database.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field, ValidationError

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.schema.model import Made, Schema
from plurel_cli.schema.record import Record
from plurel_cli.schema.table import Table
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.digests import digest
from plurel_cli.storage.document import check_format, refused
from plurel_cli.storage.index import content
from plurel_cli.storage.layout import (
    INNER_LOCK,
    PORTION_NOTE,
    SCHEMA_FILE,
    Part,
    files,
    parts,
    stored_tables,
)
from plurel_cli.storage.place import Place, each, tail
from plurel_cli.storage.sync import replace_file
from plurel_cli.storage.turn import Turn

NOTE_VERSION = 1
"""Version of the notes; a reader refuses a later one."""

_OF_A_RUN = re.compile(
    rf"\.{PORTION_NOTE.pattern}\.(new|lock)|\.{re.escape(SCHEMA_FILE)}\.new|{re.escape(INNER_LOCK)}"
)
_TAIL_BYTES = 1 << 16


class WholeFile(Record):
    """A file of a table that is whole."""

    name: str = Field(description="Its path, relative to the folder.")
    bytes: int = Field(ge=0, description="Its size.")
    end: str = Field(description="Digest of its last 64 KiB.")
    digest: str = Field(description="Digest of all of it.")
    columns: dict[str, tuple[str, ...]] = Field(
        description="Digests of its groups of rows, by column."
    )


class Portion(Record):
    """What one run makes of a database."""

    format: Literal["plurel-portion"] = Field(
        default="plurel-portion", description="Marks the file as ours."
    )
    version: int = Field(default=NOTE_VERSION, description="Version of this format.")
    portion: tuple[int, int] = Field(description="Which portion it is, of how many.")
    made: tuple[Made, ...] = Field(min_length=1, description="What made its files.")
    files: tuple[WholeFile, ...] = Field(default=(), description="Its files that are whole.")
    database: Schema = Field(description="The database, with all stages planned.")

    @property
    def turn(self) -> Turn:
        """Which portion it is, of how many."""
        return Turn(*self.portion)

    @property
    def left(self) -> list[tuple[Table, Part]]:
        """Files that are still to be made, in order."""
        there = {file.name for file in self.files}
        return [
            (table, part) for table, part in self.all_files if part.file.as_posix() not in there
        ]

    @property
    def all_files(self) -> list[tuple[Table, Part]]:
        """Files that it is made of, in order."""
        schema = self.database
        every = [(table, part) for table in stored_tables(schema) for part in parts(schema, table)]
        return every[self.turn.number :: self.turn.of]

    def to_json(self) -> str:
        """The text of its note."""
        data = self.model_dump(mode="json", exclude={"database"})
        data["database"] = json.loads(self.database.to_json())
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def note_file(turn: Turn) -> str:
    """Name of the note of a portion.

    Examples
    --------
    >>> note_file(Turn(0, 4))
    'portion-0-of-4.json'
    """
    return f"portion-{turn.number}-of-{turn.of}.json"


def portions_in(place: Place) -> list[Portion]:
    """All portions whose notes lie in a place, in order."""
    notes = [name for name in names_of(place) if PORTION_NOTE.fullmatch(name)]
    portions = each(place, lambda name: read_note(place / name), notes)
    there = (portion for portion in portions if portion is not None)
    return sorted(there, key=lambda portion: portion.portion)


def names_of(place: Place) -> list[str]:
    """All files in a place, relative to it, but for what a run has there for a while.

    Raises
    ------
    StorageError
        If the disk or the store refuses.
    """
    try:
        names = _everything(place)
        return sorted(name for name in names if not _OF_A_RUN.fullmatch(name))
    except OSError as error:
        raise storage_error(place, error) from None


def _everything(place: Place) -> Iterator[str]:
    if isinstance(place, BucketPath):
        yield from place.files()
        return
    for path in place.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(place).as_posix()


def check_names(place: Place, portion: Portion, names: Sequence[str]) -> None:
    """Refuse what is no part of a portion's database in the making.

    Parameters
    ----------
    place
        Where the database is to be.
    portion
        A portion of it.
    names
        The files that are there.

    Raises
    ------
    FolderError
        Naming the first file that is no part of it, or is of another division into portions.
    """
    known = {path.as_posix() for path in files(portion.database)}
    for name in names:
        note = PORTION_NOTE.fullmatch(name)
        if note is not None and int(note[2]) != portion.turn.of:
            rule = f"holds {name}, a portion of another division than 1/{portion.turn.of}"
            raise FolderError(place, rule, remedy="choose another --out, or empty it")
        if note is None and name not in known:
            rule = f"holds {name}, which is no part of this database"
            raise FolderError(place, rule, remedy="move it away first, or choose another --out")


def check_same(place: Place, portion: Portion, other: Portion) -> None:
    """Refuse another portion if it is of another database, whatever stated the settings.

    Parameters
    ----------
    place
        Where the database is to be.
    portion, other
        A portion of it, and the one that is refused.

    Raises
    ------
    FolderError
        Naming the other's note, and what differs.
    """
    for what, ours, theirs in (
        ("release of plurel", portion.made[0].plurel, other.made[0].plurel),
        ("seed", portion.database.seed, other.database.seed),
        ("config", portion.database.config, other.database.config),
        ("schema", portion.database.but(sources=None), other.database.but(sources=None)),
    ):
        if ours != theirs:
            note = place / note_file(other.turn)
            remedy = "choose another --out, or remove its files"
            rule = f"has another {what} than portion {portion.turn}"
            raise FolderError(note, rule, remedy=remedy)


def ending(place: Place, name: str) -> tuple[int, str]:
    """Size of a file, and a digest of its last bytes.

    Parameters
    ----------
    place
        Where the database is to be.
    name
        Path of the file, relative to the place.

    Returns
    -------
    size : int
        In bytes.
    end : str
        Digest of the last 64 KiB.
    """
    size, end = tail(place / name, _TAIL_BYTES)
    return size, digest(end)


def is_unchanged(place: Place, file: WholeFile) -> bool:
    """Whether a file has the size and the end that were noted.

    Parameters
    ----------
    place
        Where the database is to be.
    file
        What was noted.

    Returns
    -------
    bool

    Raises
    ------
    StorageError
        If the disk or the store refuses.
    """
    try:
        return ending(place, file.name) == (file.bytes, file.end)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise storage_error(place / file.name, error) from None


def read_note(path: Place) -> Portion | None:
    """A note, or nothing where it has gone meanwhile."""
    text = content(path)
    if text is None:
        return None
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FolderError(path, f"is not JSON: {error}") from None
    check_format(raw, path, "plurel-portion", NOTE_VERSION)
    try:
        return Portion.model_validate_json(text)
    except ValidationError as error:
        raise refused(error, path) from None


def write_note(place: Place, portion: Portion) -> None:
    """Write the note of a portion, in place of an earlier one.

    Parameters
    ----------
    place
        Where the database is to be.
    portion
        The portion.
    """
    replace_file(place / note_file(portion.turn), portion.to_json().encode())
