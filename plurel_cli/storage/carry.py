"""A database written anew with the tables that it has: their files are linked, or copied.

What belongs to the tables goes along with its digests; the manifest, the card and the tasks are to
be written again.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from plurel_cli.errors import FolderError
from plurel_cli.schema.model import Schema
from plurel_cli.storage.digests import Digests
from plurel_cli.storage.layout import (
    CARD_FILE,
    MANIFEST_FILE,
    PICTURE_FILE,
    SCHEMA_FILE,
    files,
)
from plurel_cli.storage.ledger import Ledger


def carry(
    folder: Path, schema: Schema, digests: Digests | None, work: Path, ledger: Ledger
) -> None:
    """Bring the tables of a database, and their scores, to where it is written anew.

    Parameters
    ----------
    folder
        Where it is.
    schema
        The database.
    digests
        Of its files.
    work
        Where it is written.
    ledger
        Where the files are noted.

    Raises
    ------
    FolderError
        If it has no digests, or a file is missing.
    """
    if digests is None:
        rule = "is of version 1, without digests, to which nothing can be added"
        raise FolderError(folder, rule, remedy="make it again")
    ledger.carried = digests
    left = {Path(name) for name in (SCHEMA_FILE, MANIFEST_FILE, CARD_FILE, PICTURE_FILE)}
    for name in sorted(files(schema) - left):
        if name.parts[0] == "tasks":
            continue
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        _link(folder / name, work / name)
        ledger.enter(name.as_posix(), digests.files[name.as_posix()])


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise FolderError(source, "is missing", remedy="`plurel validate` says more") from None
    except OSError:  # another disk, or one without links
        shutil.copyfile(source, target)
