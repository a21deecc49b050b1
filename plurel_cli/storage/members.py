"""The databases in a corpus' folder: their names, whether they are as they were, what is left over.

A database counts as unchanged by the names, the sizes and the last 64 KiB of its files, where a
Parquet file keeps its statistics; that costs the same whatever its size. Only files that a
database is made of are ever removed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from plurel_cli.errors import FolderError, StorageError, storage_error
from plurel_cli.schema.model import STAGES, Schema
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.claim import MARK_FILE, abandon, owner_of, settle
from plurel_cli.storage.commit import tidy
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.index import IndexEntry
from plurel_cli.storage.layout import (
    PART_NAME,
    SCHEMA_FILE,
    files,
)
from plurel_cli.storage.obstacles import check_target
from plurel_cli.storage.place import Place, each, names_in, tail
from plurel_cli.storage.swap import left_over, siblings

_TAIL_BYTES = 1 << 16
_PARQUET = ".parquet"
_MAGIC = b"PAR1"
_OF_DATABASE = re.compile(
    r"schema\.json|manifest\.yaml|scores\.json|tasks/[^/]+/manifest\.yaml|(db/)?[^/]+\.parquet"
    rf"|[^/]+/{PART_NAME.pattern}"
)
_DEPTH = 2
"""Of the folders in a database's."""

_NAME = re.compile(r"db-(0|[0-9]{6}|[1-9][0-9]{6,})")


def member_name(seed: int) -> str:
    """Name of the folder of a database.

    Examples
    --------
    >>> member_name(42)
    'db-000042'
    """
    return f"db-{seed:06d}"


def seed_of(name: str) -> int | None:
    """The seed that a folder's name tells, if it does.

    Examples
    --------
    >>> seed_of("db-000042"), seed_of("db-42")
    (42, None)
    """
    return int(name[3:]) if _NAME.fullmatch(name) and member_name(int(name[3:])) == name else None


class Stamp(NamedTuple):
    """Size of a database, and hashes by which to know it again; see `IndexEntry`."""

    n_bytes: int
    digest: str
    tags: str | None


def stamp(folder: Place) -> Stamp:
    """Size and hashes of a database.

    Parameters
    ----------
    folder
        Its folder. Files that are no part of a database are passed over.

    Raises
    ------
    OSError
        If it cannot be read.

    Notes
    -----
    The digest is of names, sizes and at most 64 KiB of each file, so it costs a constant a file.
    That of tags costs a bucket one request.
    """
    names = _files(folder)
    total = 0
    digest = hashlib.blake2b(digest_size=16)
    ends = each(folder, lambda name: tail(folder / name, _TAIL_BYTES), names)
    for name, (size, end) in zip(names, ends, strict=True):
        total += size
        digest.update(f"{name}\0{size}\0".encode() + end)
    return Stamp(total, digest.hexdigest(), _hash_of_tags(names))


def _files(folder: Place) -> dict[str, str]:
    """Files that a database may be made of, by their names relative to the folder, in order.

    Each with its ETag in a bucket.
    """
    if isinstance(folder, BucketPath):
        there = folder.files()
        return {name: listed.tag for name, listed in there.items() if _OF_DATABASE.fullmatch(name)}
    return dict.fromkeys(sorted(_names(folder)), "")


def _names(folder: Path, inside: str = "") -> Iterator[str]:
    for entry in os.scandir(folder / inside):
        name = inside + entry.name
        if _OF_DATABASE.fullmatch(name):
            yield name
        elif name.count("/") < _DEPTH and entry.is_dir(follow_symlinks=False):
            yield from _names(folder, f"{name}/")


def _hash_of_tags(tags: dict[str, str]) -> str | None:
    """Hash of the names and ETags of files, where all have one."""
    if not tags or not all(tags.values()):
        return None
    text = "".join(f"{name}\0{tag}\0" for name, tag in tags.items())
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def is_unchanged(folder: Place, entry: IndexEntry) -> bool:
    """Whether a database is as it was when its entry was noted.

    Parameters
    ----------
    folder
        The database.
    entry
        What was noted of it.

    Returns
    -------
    bool
        False as well where it cannot be read.

    Raises
    ------
    StorageError
        If its bucket does not say.
    """
    try:
        if entry.tags is not None and entry.tags == _hash_of_tags(_files(folder)):
            return True
        now = stamp(folder)
    except OSError:
        return False
    return (now.n_bytes, now.digest) == (entry.bytes, entry.digest)


def made_by(folder: Place, seed: int, config: dict[str, Any], version: str) -> Schema | None:
    """The schema of a database, if it was made with these and with all stages.

    Parameters
    ----------
    folder
        Where it would be.
    seed, config, version
        What it must have been made with.

    Returns
    -------
    Schema or None
        None where there is no such database.
    """
    try:
        schema = read_schema(folder)
    except FolderError:
        return None
    is_so = (
        schema.seed == seed
        and schema.config == config
        and schema.stages == STAGES
        and schema.made is not None
        and schema.made.plurel == version
    )
    return schema if is_so else None


def is_whole(folder: Place, schema: Schema) -> bool:
    """Whether all files of a database are there with their ends.

    Parameters
    ----------
    folder
        The database.
    schema
        What it should be.

    Returns
    -------
    bool
        False as well where it cannot be read.
    """
    try:
        return all(each(folder, lambda path: _is_ended(folder / path), files(schema)))
    except OSError:
        return False


def _is_ended(path: Place) -> bool:
    """Whether a file has its end, which the disk may have lost with the power."""
    size, end = tail(path, len(_MAGIC))
    if not path.name.endswith(_PARQUET):
        return size > 0
    return size >= 2 * len(_MAGIC) and end == _MAGIC


def is_database(folder: Place) -> bool:
    """Whether there is a database with a sound `schema.json`, of whatever origin."""
    try:
        read_schema(folder)
    except FolderError:
        return False
    return True


def remove_member(folder: Place) -> None:
    """Remove what a database is made of, and empty folders; anything else stays.

    Raises
    ------
    StorageError
        If the disk or the store refuses.
    """
    if isinstance(folder, BucketPath):
        names = list(_files(folder))
        folder.remove(name for name in names if name == SCHEMA_FILE)
        folder.remove([*(name for name in names if name != SCHEMA_FILE), MARK_FILE])
        return
    try:
        if folder.is_symlink() or not folder.is_dir():
            return
        if _is_all_ours(folder):  # in one step, so that no half of it is ever there
            away = siblings(folder).new
            if not away.exists():
                folder.rename(away)
                shutil.rmtree(away)
                return
        for name in sorted(_names(folder), key=lambda name: name != SCHEMA_FILE):
            (folder / name).unlink()
        for inner, _, _ in os.walk(folder, topdown=False):
            if not os.listdir(inner):  # noqa: PTH208
                Path(inner).rmdir()
    except OSError as error:
        raise storage_error(folder, error) from None


def _is_all_ours(folder: Path) -> bool:
    """Whether a folder holds nothing but what a database may be made of."""
    every = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    return {path.relative_to(folder).as_posix() for path in every} == set(_names(folder))


def check_removable(folder: Place) -> None:
    """Refuse a folder that holds anything but a database.

    Raises
    ------
    FolderError
        If it does.
    """
    check_target(folder, replace=True)


def check_made_by_us(folder: Place, known: Iterable[Path]) -> None:
    """Refuse a folder that holds files which no run of ours has made.

    Parameters
    ----------
    folder
        That of a database.
    known
        Files that it is made of, relative to the folder.

    Raises
    ------
    FolderError
        Naming the first file that is none of these.
    StorageError
        If the folder cannot be read.
    """
    names = {path.as_posix() for path in known} | {MARK_FILE}
    try:
        if isinstance(folder, BucketPath):
            there = set(folder.files())
        else:
            every = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
            there = {path.relative_to(folder).as_posix() for path in every}
    except OSError as error:
        raise storage_error(folder, error) from None
    if strangers := sorted(there - names):
        rule = f"holds {strangers[0]}, which no run has made"
        raise FolderError(folder, rule, remedy="move it away first")


def remove_left_over(folder: Place, names: Iterable[str]) -> None:
    """Remove what killed runs of a corpus left beside databases.

    What a run that is alive has in hand stays. In a bucket what is unfinished lies where it was to
    be, and gives way when the database is made.

    Parameters
    ----------
    folder
        The corpus.
    names
        Names of databases.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    if isinstance(folder, BucketPath):
        return
    targets = {left_over(name) for name in names_in(folder) if name.startswith(".")}
    for name in sorted(set(names) & targets):
        tidy(folder / name)


def remove_work(folder: Place, name: str, process: int) -> None:
    """Remove what a worker that is gone left unfinished, as far as it can be removed.

    Parameters
    ----------
    folder, name
        The corpus, and the database that the worker had in hand.
    process
        The worker.
    """
    with suppress(StorageError):
        if isinstance(folder, BucketPath):
            abandon(folder / name, owner_of(process))
        else:
            tidy(folder / name)


def settle_member(folder: Place) -> None:
    """Remove what a worker that was killed left beside a database that it had finished."""
    if isinstance(folder, BucketPath):
        settle(folder)
