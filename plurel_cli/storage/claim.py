"""Make a database appear in a bucket whole or not at all.

Objects cannot be moved, so a database is written where it is to be, and counts from the moment
that its `schema.json` is there, which comes last. Before anything else a mark is put there, which
names the files to come: what lies beside a mark without a `schema.json` was left by a run that
died, and the next one removes it. Two runs cannot both write an object, and who finds another mark
than its own at the end has lost the place to a later run: of two at once at most one finishes.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from plurel_cli.errors import FolderError, StorageError
from plurel_cli.schema.model import Schema
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.document import read_schema, write_schema
from plurel_cli.storage.layout import SCHEMA_FILE, files
from plurel_cli.storage.ledger import Ledger

MARK_FILE = ".plurel-unfinished"

_FORMAT = "plurel-unfinished"


@contextmanager
def claimed(
    target: BucketPath, schema: Schema, ledger: Ledger, *, replace: bool
) -> Iterator[BucketPath]:
    """A place for the files of a database, whose `schema.json` is written when the block ends.

    Parameters
    ----------
    target
        Where the database is to be.
    schema
        The database.
    ledger
        Where its files are noted.
    replace
        Whether one that is there already may be replaced. It is removed at once, `schema.json`
        first.

    Yields
    ------
    BucketPath
        The target.

    Raises
    ------
    FolderError
        If something is there that must not be replaced, or another run has taken the place.
    StorageError
        If the store refuses; what was written is removed then.
    """
    former = replaceable(target, replace=replace)
    ours = {path.as_posix() for path in files(schema)}
    mark = target / MARK_FILE
    tag = mark.write_bytes(_mark(ours | former))
    try:
        _remove(target, former)
        yield target
        written = {path.as_posix() for path in files(ledger.finished(schema))}
        _check(target, tag, written - {SCHEMA_FILE})
        write_schema(target, ledger.finished(schema), ledger.digests(schema))
    except BaseException as error:
        with suppress(OSError, StorageError):
            _give_up(target, tag)
        if isinstance(error, FileExistsError):
            raise _taken(target) from None
        raise
    settle(target)


def replaceable(target: BucketPath, *, replace: bool) -> set[str]:
    """What lies at a target and may be replaced.

    Parameters
    ----------
    target
        Where a database is to be.
    replace
        Whether a database that is there already may be replaced.

    Returns
    -------
    set of str
        Names relative to the target.

    Raises
    ------
    FolderError
        If something is there that must not be replaced.
    StorageError
        If the store refuses.
    """
    there = target.files()
    if SCHEMA_FILE in there:
        if not replace:
            remedy = "give --force to replace it, or choose another --out"
            raise FolderError(target, "there is a database already", remedy=remedy)
        known = {path.as_posix() for path in files(read_schema(target))}
    elif MARK_FILE in there:
        known = _marked(target)
    elif there:
        rule = "holds files but no database"
        raise FolderError(target, rule, remedy="choose another --out, or empty it")
    else:
        return set()
    if strangers := sorted(there.keys() - known - {MARK_FILE}):
        rule = f"holds {strangers[0]}, which is no part of its database"
        raise FolderError(target, rule, remedy="move it away first, or choose another --out")
    return there.keys() - {MARK_FILE}


def owner_of(process: int) -> str:
    """How a process of this machine is named in its marks."""
    return f"{socket.gethostname()}-{process}"


def abandon(target: BucketPath, owner: str) -> None:
    """Remove what a process that is known to be gone left unfinished at a target.

    Parameters
    ----------
    target
        Where the process was at work.
    owner
        By which its mark names it.

    Raises
    ------
    StorageError
        If the store refuses.
    """
    with suppress(FileNotFoundError):
        if _read(target).get("by") == owner:
            _give_up(target, target.files()[MARK_FILE].tag)


def settle(target: BucketPath) -> None:
    """Remove the mark of a database that is finished."""
    with suppress(StorageError):  # it does no harm
        (target / MARK_FILE).unlink()


def _mark(names: set[str]) -> bytes:
    """The text of a mark; no two are the same."""
    mark = {
        "format": _FORMAT,
        "by": owner_of(os.getpid()),
        "since": time.time_ns(),
        "files": sorted(names),
    }
    return json.dumps(mark).encode()


def _read(target: BucketPath) -> dict[str, object]:
    try:
        mark = json.loads((target / MARK_FILE).read_bytes())
    except (ValueError, RecursionError):
        return {}
    return mark if isinstance(mark, dict) and mark.get("format") == _FORMAT else {}


def _marked(target: BucketPath) -> set[str]:
    """Names of files that a mark names."""
    names = _read(target).get("files")
    return {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()


def _remove(target: BucketPath, names: set[str]) -> None:
    """Remove files of a database, `schema.json` first."""
    if SCHEMA_FILE in names:
        target.remove([SCHEMA_FILE])
    target.remove(sorted(names - {SCHEMA_FILE}))


def _check(target: BucketPath, tag: str, names: set[str]) -> None:
    """Refuse to finish where another run has begun meanwhile."""
    there = target.files()
    mark = there.get(MARK_FILE)
    if mark is None or mark.tag != tag or SCHEMA_FILE in there or not names <= there.keys():
        raise _taken(target)


def _taken(target: BucketPath) -> FolderError:
    remedy = "let that one end, or choose another --out"
    return FolderError(target, "another run has taken this place", remedy=remedy)


def _give_up(target: BucketPath, tag: str) -> None:
    """Remove what was written under a mark, unless another run has taken the place."""
    there = target.files()
    mark = there.get(MARK_FILE)
    if mark is not None and mark.tag == tag and SCHEMA_FILE not in there:
        target.remove(sorted(_marked(target) & there.keys()))
        target.remove([MARK_FILE])
