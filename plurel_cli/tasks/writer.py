"""What makes the tasks that a config asks for, if it asks for any."""

from __future__ import annotations

from collections.abc import Collection

from plurel_cli.config import Config
from plurel_cli.errors import FolderError
from plurel_cli.schema.model import Schema
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.database import TaskWriter
from plurel_cli.storage.ledger import Ledger
from plurel_cli.storage.place import Place


def task_writer(target: Place, config: Config, stages: Collection[str]) -> TaskWriter | None:
    """What makes the tasks of a database.

    Parameters
    ----------
    target
        Where the database is to be.
    config
        What it is drawn from.
    stages
        Stages that it will have.

    Returns
    -------
    callable or None
        None where no tasks are asked for, or the database has no features.

    Raises
    ------
    FolderError
        If the target is in a bucket.
    UsageError
        If a package is missing.
    """
    settings = config.tasks
    if not settings.kinds or "features" not in stages:
        return None
    if isinstance(target, BucketPath):
        rule = "is in a bucket, where tasks cannot be made"
        raise FolderError(target, rule, remedy="make them in a folder on a disk, and copy it")
    from plurel_cli.tasks.make import check_packages, write_tasks

    check_packages(settings)

    def write(folder: Place, schema: Schema, ledger: Ledger) -> None:
        write_tasks(folder, schema, settings, ledger)

    return write
