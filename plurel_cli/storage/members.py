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
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from plurel_cli.errors import PlurelError, storage_error
from plurel_cli.schema.model import STAGES, Schema
from plurel_cli.storage.commit import check_target, clear_away, left_over, work_folder
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.index import Entry
from plurel_cli.storage.layout import (
    MANIFEST_FILE,
    SCHEMA_FILE,
    SCORES_FILE,
    TABLES_FOLDER,
    TASKS_FOLDER,
    files,
)

_TAIL_BYTES = 1 << 16
_WHOLE_DATABASE = (SCHEMA_FILE, MANIFEST_FILE, SCORES_FILE)
_PARQUET = ".parquet"
_MAGIC = b"PAR1"
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
    """Size of a database, and a hash by which to know it again."""

    n_bytes: int
    digest: str


def stamp(folder: Path) -> Stamp:
    """Size and hash of a database.

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
    The hash is of names, sizes and at most 64 KiB of each file, so it costs a constant a file.
    """
    total = 0
    digest = hashlib.blake2b(digest_size=16)
    for name, path in sorted(_files(folder)):
        with path.open("rb", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            tail = file.read(_TAIL_BYTES)
        total += size
        digest.update(f"{name}\0{size}\0".encode() + tail)
    return Stamp(total, digest.hexdigest())


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files that a database may be made of, by their names relative to the folder."""
    for entry in os.scandir(folder):
        if entry.name == TABLES_FOLDER and entry.is_dir(follow_symlinks=False):
            for inner in os.scandir(entry.path):
                if inner.name.endswith(_PARQUET):
                    yield f"{TABLES_FOLDER}/{inner.name}", Path(inner.path)
        elif entry.name == TASKS_FOLDER and entry.is_dir(follow_symlinks=False):
            for task in _folders(Path(entry.path)):
                if (path := task / MANIFEST_FILE).is_file():
                    yield f"{TASKS_FOLDER}/{task.name}/{MANIFEST_FILE}", path
        elif entry.name in _WHOLE_DATABASE or entry.name.endswith(_PARQUET):
            yield entry.name, Path(entry.path)


def _folders(folder: Path) -> list[Path]:
    """Folders in a folder, no links."""
    return [Path(its.path) for its in os.scandir(folder) if its.is_dir(follow_symlinks=False)]


def is_unchanged(folder: Path, entry: Entry) -> bool:
    """Whether a database is as it was when its entry was noted."""
    try:
        return stamp(folder) == (entry.bytes, entry.digest)
    except OSError:
        return False


def made_by(folder: Path, seed: int, config: dict[str, Any], version: str) -> Schema | None:
    """The schema of a database, if it was made with these and with all stages.

    Parameters
    ----------
    folder
        Where it would be.
    seed, config, version
        What it must have been made with.
    """
    try:
        schema = read_schema(folder)
    except PlurelError:
        return None
    is_so = (
        schema.seed == seed
        and schema.config == config
        and schema.stages == STAGES
        and schema.made is not None
        and schema.made.plurel == version
    )
    return schema if is_so else None


def is_whole(folder: Path, schema: Schema) -> bool:
    """Whether all files of a database are there with their ends."""
    try:
        return all(_is_ended(folder / path) for path in files(schema))
    except OSError:
        return False


def _is_ended(path: Path) -> bool:
    """Whether a file has its end, which the disk may have lost with the power."""
    if path.suffix != _PARQUET:
        return path.stat().st_size > 0
    with path.open("rb", buffering=0) as file:
        if file.seek(0, os.SEEK_END) < 2 * len(_MAGIC):
            return False
        file.seek(-len(_MAGIC), os.SEEK_END)
        return file.read() == _MAGIC


def is_database(folder: Path) -> bool:
    """Whether there is a database with a sound `schema.json`, of whatever origin."""
    try:
        read_schema(folder)
    except PlurelError:
        return False
    return True


def remove_member(folder: Path) -> None:
    """Remove what a database is made of; anything else stays, and its folder with it.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    try:
        if folder.is_symlink() or not folder.is_dir():
            return
        found = sorted(_files(folder), key=lambda its: its[0] != SCHEMA_FILE)
        for _, path in found:
            path.unlink()
        tasks = folder / TASKS_FOLDER
        of_tasks = _folders(tasks) if tasks.is_dir() and not tasks.is_symlink() else []
        for inner in (*of_tasks, tasks, folder / TABLES_FOLDER, folder):
            if inner.is_dir() and not os.listdir(inner):  # noqa: PTH208
                inner.rmdir()
    except OSError as error:
        raise storage_error(folder, error) from None


def check_removable(folder: Path) -> None:
    """Refuse a folder that holds anything but a database, or parts of one.

    Raises
    ------
    FolderError
        If it does.
    """
    if is_database(folder):
        check_target(folder, replace=True)


def remove_left_over(folder: Path, names: Iterable[str]) -> None:
    """Remove the folders that killed runs of a corpus left unfinished.

    The process that one names may be alive again with another task, so whoever calls this must
    know that no other run makes these databases: a run's lock says so.

    Parameters
    ----------
    folder
        The corpus.
    names
        Names of databases that no other run has in hand.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    wanted = set(names)
    try:
        for entry in list(os.scandir(folder)):
            target = left_over(entry.name)
            if target in wanted:
                clear_away(Path(entry.path), folder / str(target))
    except OSError as error:
        raise storage_error(folder, error) from None


def remove_work(folder: Path, name: str, process: int) -> None:
    """Remove the unfinished folder of a worker that is gone."""
    work = work_folder(folder / name, f"{socket.gethostname()}-{process}")
    shutil.rmtree(work, ignore_errors=True)
