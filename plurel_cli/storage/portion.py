"""What one of several runs has made of a database, noted beside its files until all are merged.

A run makes every n-th file of the tables from the k-th on, in the place where the database is to
be. Its note, `portion-0-of-4.json`, holds the database as it is planned and the files that are
whole: so a run that was ended goes on after them, and a merge can tell whether all belongs
together. Until that there is no `schema.json`, and no reader takes the folder for a database.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from pydantic import Field, ValidationError

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.schema.model import Made, Schema, Table
from plurel_cli.schema.record import Record
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.digests import Ledger, digest
from plurel_cli.storage.document import check_format, document_text, refused
from plurel_cli.storage.index import content
from plurel_cli.storage.layout import INNER_LOCK, PORTION_NOTE, SCHEMA_FILE, Part, files, parts
from plurel_cli.storage.lock import lock_file
from plurel_cli.storage.place import Place, each, make_folder, tail
from plurel_cli.storage.shard import Shard
from plurel_cli.storage.sync import replace_file, sync_file, sync_folder, sync_tree

NOTE_VERSION = 1
"""Version of the notes; a reader refuses a later one."""

_NOTE = PORTION_NOTE
_OF_A_RUN = re.compile(
    rf"\.{_NOTE.pattern}\.(new|lock)|\.{re.escape(SCHEMA_FILE)}\.new|{re.escape(INNER_LOCK)}"
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
    def shard(self) -> Shard:
        """Which portion it is, of how many."""
        return Shard(*self.portion)

    @property
    def left(self) -> list[tuple[Table, Part]]:
        """Files that are still to be made, in order."""
        there = {file.name for file in self.files}
        return [its for its in self.all_files if its[1].file.as_posix() not in there]

    @property
    def all_files(self) -> list[tuple[Table, Part]]:
        """Files that it is made of, in order."""
        schema = self.database
        every = [(table, part) for table in schema.tables for part in parts(schema, table)]
        return every[self.shard.number :: self.shard.of]

    def to_json(self) -> str:
        """The text of its note."""
        data = self.model_dump(mode="json", exclude={"database"})
        data["database"] = json.loads(self.database.to_json())
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def note_file(shard: Shard) -> str:
    """Name of the note of a portion.

    Examples
    --------
    >>> note_file(Shard(0, 4))
    'portion-0-of-4.json'
    """
    return f"portion-{shard.number}-of-{shard.of}.json"


def begin(place: Place, portion: Portion, *, redo: bool) -> Portion:
    """Make ready for a portion's files.

    Parameters
    ----------
    place
        Where the database is to be.
    portion
        The portion, with no files yet.
    redo
        Whether to make anew what an earlier run has made of it.

    Returns
    -------
    Portion
        With the files of an earlier run that are as they were. Its other files are removed.

    Raises
    ------
    FolderError
        If there is a database, or something that is no part of this one.
    StorageError
        If the disk or the store refuses.
    """
    make_folder(place)
    ours = note_file(portion.shard)
    names = _names(place)
    _check_names(place, portion, names)
    others = [name for name in names if _NOTE.fullmatch(name) and name != ours]
    for name in ([] if redo else [ours]) + others[:1]:
        if (found := _read(place / name)) is not None:
            _check_same(place, portion, found)
            if name == ours:
                portion = _taken_up(place, portion, found)
    unfinished = {part.file.as_posix() for _, part in portion.left} & set(names)
    if unfinished and ours not in names:
        rule = f"holds {min(unfinished)}, which no run of portion {portion.shard} has noted"
        raise FolderError(place, rule, remedy="move it away first, or choose another --out")
    try:
        for name in unfinished:
            (place / name).unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(place, error) from None
    _write(place, portion)
    return portion


def noted(place: Place, portion: Portion, part: Part, ledger: Ledger) -> Portion:
    """The portion with one more file, as its note says from now on.

    Parameters
    ----------
    place
        Where the database is to be.
    portion
        The portion.
    part
        The file.
    ledger
        Where it is noted already.

    Returns
    -------
    Portion

    Raises
    ------
    StorageError
        If the disk or the store refuses.
    """
    name = part.file.as_posix()
    try:
        if not isinstance(place, BucketPath):
            sync_file(place / name)
            sync_folder((place / name).parent)
        size, end = _ending(place, name)
        file = WholeFile(
            name=name,
            bytes=size,
            end=end,
            digest=ledger.files[name],
            columns={column: tuple(groups) for column, groups in ledger.groups[name].items()},
        )
    except OSError as error:
        raise storage_error(place / part.file, error) from None
    portion = portion.but(files=(*portion.files, file))
    _write(place, portion)
    return portion


def check_free(place: Place) -> None:
    """Refuse a place where there is a database.

    Raises
    ------
    FolderError
        If there is one.
    StorageError
        If the disk or the store refuses.
    """
    if SCHEMA_FILE in _names(place):
        remedy = "remove it, or choose another --out"
        raise FolderError(place, "there is a database already", remedy=remedy)


def portions_in(place: Place) -> list[Portion]:
    """All portions whose notes lie in a place, in order."""
    notes = [name for name in _names(place) if _NOTE.fullmatch(name)]
    found = each(place, lambda name: _read(place / name), notes)
    return sorted((its for its in found if its is not None), key=lambda its: its.portion)


def _lock_name(shard: Shard | None) -> str:
    return INNER_LOCK if shard is None else f".{note_file(shard)}.lock"


@contextmanager
def portion_lock(place: Place, shard: Shard | None) -> Iterator[None]:
    """Keep other runs from a portion, or from merging, while this one is at it.

    Parameters
    ----------
    place
        Where the database is to be. In a bucket there are no locks.
    shard
        The portion; none for the merge.

    Raises
    ------
    BusyError
        If another run is at it.
    StorageError
        If the disk refuses.
    """
    if isinstance(place, BucketPath):
        yield
        return
    make_folder(place)
    try:
        lock = lock_file(place / _lock_name(shard), place)
    except OSError as error:
        raise storage_error(place, error) from None
    try:
        yield
    finally:
        lock.release()


def check_merged(place: Place, schema: Schema, portions: Sequence[Portion]) -> None:
    """Refuse notes of portions that lie in a database which is not made of them.

    Parameters
    ----------
    place
        Where they are.
    schema
        The database.
    portions
        Those whose notes are there.

    Raises
    ------
    FolderError
        Naming the note.
    """
    for portion in portions:
        if portion.database.but(made=None) != schema.but(made=None):
            name = note_file(portion.shard)
            rule = f"holds {name}, of another database than its {SCHEMA_FILE}"
            raise FolderError(place, rule, remedy="move it away first")


def check_together(place: Place, portions: Sequence[Portion]) -> None:
    """Refuse portions that are not the whole of one database.

    Raises
    ------
    FolderError
        If one is missing, has not ended or is of another database, if a file is not as it was
        noted, or if there is something else.
    StorageError
        If the disk or the store refuses.
    """
    first = portions[0]
    _check_names(place, first, _names(place))
    for other in portions[1:]:
        _check_same(place, other, first)
    there, of = {its.shard.number for its in portions}, first.shard.of
    for number in range(of):
        if number not in there:
            again = f"`plurel generate --parts {number}/{of}` makes it"
            raise FolderError(place, f"lacks portion {number}/{of}", remedy=again)
    for portion in portions:
        again = f"`plurel generate --parts {portion.shard}` goes on with it"
        if portion.left:
            note = place / note_file(portion.shard)
            raise FolderError(note, f"lacks {portion.left[0][1].file}", remedy=again)
        unchanged = each(place, lambda file: _is_unchanged(place, file), portion.files)
        for file, is_so in zip(portion.files, unchanged, strict=True):
            if not is_so:
                raise FolderError(place / file.name, "is missing or has changed", remedy=again)


def entered(portions: Sequence[Portion]) -> Ledger:
    """A ledger in which all files of some portions are noted."""
    ledger = Ledger()
    for portion in portions:
        for file in portion.files:
            ledger.enter(file.name, file.digest, file.columns)
    return ledger


def finish(place: Place, schema: Schema, portions: Sequence[Portion], ledger: Ledger) -> None:
    """Make portions a database, by its `schema.json`, and remove their notes.

    Parameters
    ----------
    place
        Where they are.
    schema
        The database.
    portions
        All of them.
    ledger
        Where all files of the database are noted.

    Raises
    ------
    StorageError
        If the disk or the store refuses.
    """
    try:
        if not isinstance(place, BucketPath):
            sync_tree(place)
    except OSError as error:
        raise storage_error(place, error) from None
    replace_file(place / SCHEMA_FILE, document_text(schema, ledger.digests(schema)))
    remove_notes(place, portions)


def remove_notes(place: Place, portions: Sequence[Portion]) -> None:
    """Remove the notes of portions that are merged, and locks that killed runs left."""
    try:
        for portion in portions:
            (place / note_file(portion.shard)).unlink(missing_ok=True)
            if not isinstance(place, BucketPath):
                (place / _lock_name(portion.shard)).unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(place, error) from None


def _names(place: Place) -> list[str]:
    """All files in a place, relative to it, but what a run has there for a while."""
    try:
        found = _everything(place)
        return sorted(name for name in found if not _OF_A_RUN.fullmatch(name))
    except OSError as error:
        raise storage_error(place, error) from None


def _everything(place: Place) -> Iterator[str]:
    if isinstance(place, BucketPath):
        yield from place.files()
        return
    for path in place.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(place).as_posix()


def _check_names(place: Place, portion: Portion, names: Sequence[str]) -> None:
    """Refuse what is no part of a portion's database in the making."""
    known = {path.as_posix() for path in files(portion.database)}
    for name in names:
        note = _NOTE.fullmatch(name)
        if note is not None and int(note[2]) != portion.shard.of:
            rule = f"holds {name}, a portion of another division than 1/{portion.shard.of}"
            raise FolderError(place, rule, remedy="choose another --out, or empty it")
        if note is None and name not in known:
            rule = f"holds {name}, which is no part of this database"
            raise FolderError(place, rule, remedy="move it away first, or choose another --out")


def _check_same(place: Place, portion: Portion, other: Portion) -> None:
    """Refuse another portion if it is of another database."""
    for what, ours, theirs in (
        ("release of plurel", portion.made[0].plurel, other.made[0].plurel),
        ("seed", portion.database.seed, other.database.seed),
        ("config", portion.database.config, other.database.config),
        ("schema", portion.database, other.database),
    ):
        if ours != theirs:
            note = place / note_file(other.shard)
            remedy = "choose another --out, or remove its files"
            rule = f"has another {what} than portion {portion.shard}"
            raise FolderError(note, rule, remedy=remedy)


def _taken_up(place: Place, portion: Portion, found: Portion) -> Portion:
    """A portion with what an earlier run has made of it."""
    unchanged = each(place, lambda file: _is_unchanged(place, file), found.files)
    kept = [file for file, is_so in zip(found.files, unchanged, strict=True) if is_so]
    made = dict.fromkeys((*(found.made if kept else ()), *portion.made))
    return portion.but(files=tuple(kept), made=tuple(made))


def _ending(place: Place, name: str) -> tuple[int, str]:
    """Size of a file, and a digest of its last bytes."""
    size, end = tail(place / name, _TAIL_BYTES)
    return size, digest(end)


def _is_unchanged(place: Place, file: WholeFile) -> bool:
    try:
        return _ending(place, file.name) == (file.bytes, file.end)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise storage_error(place / file.name, error) from None


def _read(path: Place) -> Portion | None:
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


def _write(place: Place, portion: Portion) -> None:
    replace_file(place / note_file(portion.shard), portion.to_json().encode())
