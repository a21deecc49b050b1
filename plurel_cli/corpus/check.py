"""Check a corpus: every database in full, and the index against the folder."""

from __future__ import annotations

from collections.abc import Iterator

from plurel_cli.errors import PlurelError, Problem
from plurel_cli.storage.document import is_index_name
from plurel_cli.storage.index import (
    INDEX_FILE,
    Index,
    index_file,
    indexes,
    read_index,
)
from plurel_cli.storage.layout import SCHEMA_FILE
from plurel_cli.storage.members import is_unchanged
from plurel_cli.storage.naming import parsed_name
from plurel_cli.storage.place import Place, names_in, place_of
from plurel_cli.storage.turn import Turn
from plurel_cli.storage.validate import validate


def is_corpus(folder: str | Place) -> bool:
    """Whether a folder holds databases or the index of a corpus, and is no database itself."""
    place = place_of(folder)
    names = names_in(place) if place.is_dir() else []
    return SCHEMA_FILE not in names and any(
        parsed_name(name) is not None or is_index_name(name) for name in names
    )


def validate_corpus(folder: str | Place) -> Iterator[tuple[Place, Problem]]:
    """Every fault of a corpus, with the folder it is in.

    Yields
    ------
    tuple
        A database's folder or the corpus itself, and the fault.

    Raises
    ------
    FolderError
        If the index is broken.
    """
    place = place_of(folder)
    shards, journals = indexes(place)
    whole = read_index(place / INDEX_FILE)
    yield from ((place, Problem(name, "is of a run that has not ended")) for name in journals)
    indexed = [*shards, *([whole] if whole is not None else [])]
    if not indexed and not journals:
        yield place, Problem(INDEX_FILE, "is missing")
    there = [name for name in names_in(place) if parsed_name(name) is not None]
    listed = {}
    for index in indexed:
        listed.update({index.name_of(entry.seed): entry for entry in index.databases})
        yield from ((place, problem) for problem in _missing(index))
    for name in sorted(listed.keys() | set(there)):
        entry = listed.get(name)
        if entry is not None and entry.status == "failed":
            yield place / name, Problem("", f"could not be made: {entry.error}")
        elif name not in there and entry is not None and entry.status == "removed":
            continue
        elif name not in there:
            yield place / name, Problem("", "is missing")
        else:
            if entry is None and indexed:
                yield place / name, Problem("", f"is not listed in {INDEX_FILE}")
            elif entry is not None and not is_unchanged(place / name, entry):
                yield place / name, Problem("", f"has changed since {INDEX_FILE} was written")
            yield from ((place / name, problem) for problem in _faults(place / name))


def _missing(index: Index) -> Iterator[Problem]:
    if not index.is_complete:
        yield Problem(index_file(Turn(*index.shard)), "must list the databases of its seeds")


def _faults(folder: Place) -> list[Problem]:
    try:
        return validate(folder)
    except PlurelError as error:
        return [getattr(error, "problem", None) or Problem("", str(error))]
