"""A file or a folder that appears whole or not at all, as databases do.

What is written goes to a hidden folder beside the target, and takes the target's place when all of
it is there and on the disk. A folder names its files in `plurel.json`, and is replaced only where
it holds nothing else.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plurel_cli.errors import FolderError, UsageError, storage_error
from plurel_cli.storage.lock import lock_file
from plurel_cli.storage.obstacles import UNCHANGED, absolute
from plurel_cli.storage.place import Place, place_of
from plurel_cli.storage.swap import exchange, put_back, siblings, step_in
from plurel_cli.storage.sync import sync_folder, sync_tree

if TYPE_CHECKING:
    from plurel_cli.schema.model import Schema

NOTE_FILE = "plurel.json"
"""In a folder: what it was made of, and which files it has."""

_FORMAT = "plurel-export"


def local(out: str) -> Path:
    """A path of this machine's disk.

    Raises
    ------
    UsageError
        If it is one of a bucket.
    """
    place: Place = place_of(out)
    if not isinstance(place, Path):
        rule = "must be on a disk of this machine"
        raise UsageError("--out", rule, out, "export to a disk, and copy what is there")
    return absolute(place)


@contextmanager
def file_in_place(target: Path, *, replace: bool) -> Iterator[Path]:
    """A file to write, which becomes the target when the block ends.

    Parameters
    ----------
    target
        The file to make; folders around it are made too.
    replace
        Whether a file that is there may be replaced.

    Yields
    ------
    Path
        Not there yet. What else is put beside it vanishes.

    Raises
    ------
    FolderError
        If something is there that must not be replaced.
    StorageError
        If the disk refuses.
    """
    with _beside(target) as work:
        _check_file(target, replace=replace)
        file = work / target.name
        yield file
        sync_tree(work)
        _check_file(target, replace=replace)  # another may have come meanwhile
        file.replace(target)


@contextmanager
def folder_in_place(target: Path, *, replace: bool) -> Iterator[Path]:
    """A folder to write to, which becomes the target when the block ends.

    Parameters
    ----------
    target
        The folder to make; folders around it are made too.
    replace
        Whether an export that is there may be replaced.

    Yields
    ------
    Path
        An empty folder.

    Raises
    ------
    FolderError
        If something is there that must not be replaced.
    StorageError
        If the disk refuses.
    """
    with _beside(target) as work:
        _check_folder(target, replace=replace)
        yield work
        sync_tree(work)
        _check_folder(target, replace=replace)
        if not target.exists():
            work.rename(target)
        elif not exchange(work, target):
            step_in(work, target)


def write_note(folder: Path, schema: Schema, to: str) -> None:
    """Note in a folder what it was made of, and all files that are there.

    Parameters
    ----------
    folder
        The folder, of which all else is written.
    schema
        The database.
    to
        The target.
    """
    note: dict[str, Any] = {
        "format": _FORMAT,
        "version": 1,
        "to": to,
        "seed": schema.seed,
        "plurel": schema.made.plurel if schema.made is not None else None,
        "files": sorted(path.as_posix() for path in _contents(folder)),
    }
    (folder / NOTE_FILE).write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A hidden folder beside a target, for this run alone, gone when the block ends."""
    beside = siblings(target)
    try:
        if target == Path(target.anchor):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = lock_file(beside.lock, target)
        try:
            put_back(target)
            beside.new.mkdir()
            try:
                yield beside.new
                sync_folder(target.parent)
            finally:
                with suppress(OSError):
                    shutil.rmtree(beside.new)
        finally:
            lock.release()
    except OSError as error:
        raise storage_error(target, error, UNCHANGED) from error


def _check_file(target: Path, *, replace: bool) -> None:
    if target.is_symlink() or (target.exists() and not target.is_file()):
        raise FolderError(target, "is not a file", remedy="choose another --out")
    if target.exists() and not replace:
        remedy = "give --force to replace it, or choose another --out"
        raise FolderError(target, "there is a file already", remedy=remedy)


def _check_folder(target: Path, *, replace: bool) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise FolderError(target, "is not a folder", remedy="choose another --out")
    there = {path.as_posix() for path in _contents(target)} if target.exists() else set()
    if not there:
        return
    if NOTE_FILE not in there or (files := _noted(target / NOTE_FILE)) is None:
        rule = "holds files but no export"
        raise FolderError(target, rule, remedy="choose another --out, or empty it")
    if not replace:
        remedy = "give --force to replace it, or choose another --out"
        raise FolderError(target, "there is an export already", remedy=remedy)
    if strangers := sorted(there - files - {NOTE_FILE}):
        rule = f"holds {strangers[0]}, which is no part of its export"
        raise FolderError(target, rule, remedy="move it away first, or choose another --out")


def _noted(path: Path) -> set[str] | None:
    """Files that a note names; none where it is no note."""
    try:
        note = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    if not isinstance(note, dict) or note.get("format") != _FORMAT:
        return None
    files = note.get("files")
    return {str(name) for name in files} if isinstance(files, list) else None


def _contents(folder: Path) -> Iterator[Path]:
    """Files, links and empty folders below a folder, relative to it."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir() or not any(path.iterdir()):
            yield path.relative_to(folder)
