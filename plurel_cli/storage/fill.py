"""A finished database goes into a folder that must stay the folder that it is.

A mount point, the current directory, or a folder whose owner, mode or attributes a new one could
not have: these are not swapped. The database is written whole to a hidden folder inside. Then a
list of what is to go is written, `schema.json` is removed first, the files move in, and the new
`schema.json` comes last; from the list on, any run can finish what another began.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from plurel_cli.storage.layout import INNER_FOLDER, INNER_LOCK, SCHEMA_FILE
from plurel_cli.storage.sync import sync_file, sync_folder, sync_tree

_LIST = ".plurel-going"
_FORMAT = "plurel-going"


def is_ours(name: Path) -> bool:
    """Whether a name, relative to a target, is of what a run has in it while it is at work."""
    return name.parts[0] in (INNER_FOLDER, INNER_LOCK)


def open_folder(target: Path) -> Path:
    """The folder inside a target that a database is written to."""
    work = target / INNER_FOLDER
    work.mkdir()
    return work


def move_in(target: Path, former: Iterable[Path]) -> None:
    """Put the database that has been written inside a target in the place of the former one.

    Parameters
    ----------
    target
        The target, locked.
    former
        Files of the former database, relative to the target.

    Raises
    ------
    OSError
        If the disk refuses. What has been begun is finished by `finish`.
    """
    work = target / INNER_FOLDER
    going = sorted({path.as_posix() for path in former} - {p.as_posix() for p in _files(work)})
    path = work / _LIST
    path.write_text(json.dumps({"format": _FORMAT, "files": going}))
    sync_file(path)
    sync_folder(work)
    finish(target)


def is_begun(target: Path) -> bool:
    """Whether the files of a database were moving in when a run ended."""
    return (target / INNER_FOLDER / _LIST).is_file()


def finish(target: Path) -> None:
    """End what a run that is gone has begun inside a target, or clear it away if nothing moved yet.

    Call it with the target's lock.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    work = target / INNER_FOLDER
    if not work.is_dir():
        return
    going = _going(work)
    if going is not None and (work / SCHEMA_FILE).is_file():
        (target / SCHEMA_FILE).unlink(missing_ok=True)
        sync_folder(target)
        for name in going:
            (target / name).unlink(missing_ok=True)
        _remove_empty(target, {Path(name).parent for name in going})
        moved = [path for path in _files(work) if path.name != _LIST and path != Path(SCHEMA_FILE)]
        for path in moved:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).replace(target / path)
        for folder in sorted({(target / path).parent for path in moved}):
            sync_folder(folder)
        sync_folder(target)
        (work / SCHEMA_FILE).replace(target / SCHEMA_FILE)
        sync_folder(target)
    shutil.rmtree(work)


def take_over(work: Path, target: Path) -> None:
    """Bring a database that was written elsewhere into a target's inner folder.

    Parameters
    ----------
    work
        Where it was written.
    target
        The target, locked.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    inner = target / INNER_FOLDER
    shutil.copytree(work, inner)
    sync_tree(inner)


def _going(work: Path) -> list[str] | None:
    """Names on the list of what is to go, if it has been written whole."""
    try:
        note = json.loads((work / _LIST).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    names = note.get("files") if isinstance(note, dict) else None
    if not isinstance(names, list) or note.get("format") != _FORMAT:
        return None
    return [name for name in names if isinstance(name, str)]


def _files(folder: Path) -> Iterator[Path]:
    """Files below a folder, relative to it."""
    for inner, _, names in os.walk(folder):
        for name in sorted(names):
            yield Path(inner, name).relative_to(folder)


def _remove_empty(target: Path, folders: set[Path]) -> None:
    """Remove folders, relative to a target, in which nothing is left; inner ones first."""
    every = {outer for folder in folders for outer in (folder, *folder.parents)} - {Path()}
    for folder in sorted(every, key=lambda folder: len(folder.parts), reverse=True):
        with suppress(OSError):
            (target / folder).rmdir()
