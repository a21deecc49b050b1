"""Copy a database of a corpus to another folder, whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from plurel_cli.errors import FolderError, UsageError, storage_error
from plurel_cli.storage.place import Place
from plurel_cli.storage.sync import sync_folder, sync_tree


def copy_member(source: Place, target: Place) -> None:
    """Copy a folder.

    Parameters
    ----------
    source
        A database.
    target
        Where to; folders around it are made too.

    Raises
    ------
    FolderError
        If something is there.
    UsageError
        If either is in a bucket.
    StorageError
        If the disk refuses.
    """
    if not (isinstance(source, Path) and isinstance(target, Path)):
        raise UsageError("--copy-to", "copies between folders of this machine", str(target))
    if target.exists():
        raise FolderError(target, "is there already", remedy="choose another folder")
    beside = target.with_name(f".{target.name}.copy")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, beside)
        sync_tree(beside)
        beside.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise storage_error(target, error) from None
