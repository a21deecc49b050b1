"""What a run that makes one portion of a database does in the place where the database is to be.

It takes up what an earlier run of the same portion has left, and notes each file once it is whole,
so that a run that is ended goes on after the last. Until all portions are merged there is no
`schema.json`, and no reader takes the folder for a database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.layout import INNER_LOCK, PORTION_NOTE, SCHEMA_FILE, Part
from plurel_cli.storage.ledger import Ledger
from plurel_cli.storage.lock import lock_file
from plurel_cli.storage.place import Place, each, make_folder
from plurel_cli.storage.portion import (
    Portion,
    WholeFile,
    check_names,
    check_same,
    ending,
    is_unchanged,
    names_of,
    note_file,
    read_note,
    write_note,
)
from plurel_cli.storage.sync import sync_file, sync_folder
from plurel_cli.storage.turn import Turn


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
    ours = note_file(portion.turn)
    names = names_of(place)
    check_names(place, portion, names)
    others = [name for name in names if PORTION_NOTE.fullmatch(name) and name != ours]
    for name in ([] if redo else [ours]) + others[:1]:
        if (former := read_note(place / name)) is not None:
            check_same(place, portion, former)
            if name == ours:
                portion = _taken_up(place, portion, former)
    unfinished = {part.file.as_posix() for _, part in portion.left} & set(names)
    if unfinished and ours not in names:
        rule = f"holds {min(unfinished)}, which no run of portion {portion.turn} has noted"
        raise FolderError(place, rule, remedy="move it away first, or choose another --out")
    try:
        for name in unfinished:
            (place / name).unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(place, error) from None
    write_note(place, portion)
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
        size, end = ending(place, name)
        file = WholeFile(
            name=name,
            bytes=size,
            end=end,
            digest=ledger.files[name],
            columns={column: tuple(digests) for column, digests in ledger.row_groups[name].items()},
        )
    except OSError as error:
        raise storage_error(place / part.file, error) from None
    portion = portion.but(files=(*portion.files, file))
    write_note(place, portion)
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
    if SCHEMA_FILE in names_of(place):
        remedy = "remove it, or choose another --out"
        raise FolderError(place, "there is a database already", remedy=remedy)


def lock_name(turn: Turn | None) -> str:
    """Name of the lock of a portion, or of the merge."""
    return INNER_LOCK if turn is None else f".{note_file(turn)}.lock"


@contextmanager
def portion_lock(place: Place, turn: Turn | None) -> Iterator[None]:
    """Keep other runs from a portion, or from merging, while this one is at it.

    Parameters
    ----------
    place
        Where the database is to be. In a bucket there are no locks.
    turn
        The portion; none for the merge.

    Yields
    ------
    None
        None

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
        lock = lock_file(place / lock_name(turn), place)
    except OSError as error:
        raise storage_error(place, error) from None
    try:
        yield
    finally:
        lock.release()


def _taken_up(place: Place, portion: Portion, former: Portion) -> Portion:
    """A portion with what an earlier run has made of it."""
    unchanged = each(place, lambda file: is_unchanged(place, file), former.files)
    kept = [file for file, is_so in zip(former.files, unchanged, strict=True) if is_so]
    made = dict.fromkeys((*(former.made if kept else ()), *portion.made))
    return portion.but(files=tuple(kept), made=tuple(made))
