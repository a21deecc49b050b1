"""How the portions of a database, made by several runs, become one.

All must be there, whole and of the same database. The database appears with its `schema.json`,
which is written last; then the notes are removed.
"""

from __future__ import annotations

from collections.abc import Sequence

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.schema.model import Schema
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.document import document_text
from plurel_cli.storage.layout import SCHEMA_FILE
from plurel_cli.storage.ledger import Ledger
from plurel_cli.storage.place import Place, each
from plurel_cli.storage.portion import (
    Portion,
    check_names,
    check_same,
    is_unchanged,
    names_of,
    note_file,
)
from plurel_cli.storage.portion_run import lock_name
from plurel_cli.storage.sync import replace_file, sync_tree


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
        shared = schema.but(made=None, sources=None, tasks=None, unsplit=())
        if portion.database.but(made=None, sources=None) != shared:
            name = note_file(portion.turn)
            rule = f"holds {name}, of another database than its {SCHEMA_FILE}"
            raise FolderError(place, rule, remedy="move it away first")


def check_together(place: Place, portions: Sequence[Portion]) -> None:
    """Refuse portions that are not the whole of one database.

    Parameters
    ----------
    place
        Where they are.
    portions
        Those whose notes are there, at least one.

    Raises
    ------
    FolderError
        If one is missing, has not ended or is of another database, if a file is not as it was
        noted, or if there is something else.
    StorageError
        If the disk or the store refuses.
    """
    first = portions[0]
    check_names(place, first, names_of(place))
    for other in portions[1:]:
        check_same(place, other, first)
    there, of = {portion.turn.number for portion in portions}, first.turn.of
    for number in range(of):
        if number not in there:
            again = f"`plurel generate --parts {number}/{of}` makes it"
            raise FolderError(place, f"lacks portion {number}/{of}", remedy=again)
    for portion in portions:
        again = f"`plurel generate --parts {portion.turn}` goes on with it"
        if portion.left:
            note = place / note_file(portion.turn)
            raise FolderError(note, f"lacks {portion.left[0][1].file}", remedy=again)
        unchanged = each(place, lambda file: is_unchanged(place, file), portion.files)
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
    """Remove the notes of portions that are merged, and locks that killed runs left.

    Parameters
    ----------
    place
        Where they are.
    portions
        The portions.

    Raises
    ------
    StorageError
        If the disk or the store refuses.
    """
    try:
        for portion in portions:
            (place / note_file(portion.turn)).unlink(missing_ok=True)
            if not isinstance(place, BucketPath):
                (place / lock_name(portion.turn)).unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(place, error) from None
