"""The databases in a corpus' folder: their files, and whether these are as they were.

A database counts as unchanged by the names, the sizes and the last 64 KiB of its files, where a
Parquet file keeps its statistics; that costs the same whatever its size.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from plurel_cli.errors import FolderError
from plurel_cli.schema.model import Schema
from plurel_cli.schema.stages import STAGES
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.index import IndexEntry
from plurel_cli.storage.layout import (
    PART_NAME,
    files,
)
from plurel_cli.storage.place import Place, each, tail

_TAIL_BYTES = 1 << 16
_PARQUET = ".parquet"
_MAGIC = b"PAR1"
_OF_DATABASE = re.compile(
    r"schema\.json|manifest\.yaml|scores\.json|README\.md|schema\.svg|tasks/completions\.json"
    r"|tasks/[^/]+/(manifest\.yaml|baselines\.json|(train|val|test)\.parquet)"
    r"|((db|latents)/)?[^/]+\.parquet"
    rf"|[^/]+/{PART_NAME.pattern}"
)
_DEPTH = 2
"""Of the folders in a database's."""


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
    names = database_files(folder)
    total = 0
    digest = hashlib.blake2b(digest_size=16)
    ends = each(folder, lambda name: tail(folder / name, _TAIL_BYTES), names)
    for name, (size, end) in zip(names, ends, strict=True):
        total += size
        digest.update(f"{name}\0{size}\0".encode() + end)
    return Stamp(total, digest.hexdigest(), _hash_of_tags(names))


def database_files(folder: Place) -> dict[str, str]:
    """Files that a database may be made of, by their names relative to the folder, in order.

    Each with its ETag in a bucket.
    """
    if isinstance(folder, BucketPath):
        there = folder.files()
        return {name: listed.tag for name, listed in there.items() if _OF_DATABASE.fullmatch(name)}
    return dict.fromkeys(sorted(file_names(folder)), "")


def file_names(folder: Path, inside: str = "") -> Iterator[str]:
    """Names of files that a database may be made of, relative to its folder.

    Parameters
    ----------
    folder
        The database.
    inside
        A folder in it, ending with a slash, to look at alone.

    Yields
    ------
    str
    """
    for entry in os.scandir(folder / inside):
        name = inside + entry.name
        if _OF_DATABASE.fullmatch(name):
            yield name
        elif name.count("/") < _DEPTH and entry.is_dir(follow_symlinks=False):
            yield from file_names(folder, f"{name}/")


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
        if entry.tags is not None and entry.tags == _hash_of_tags(database_files(folder)):
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
