"""Tasks as they are stored, each by its name: what its manifest says, its labels and its scores.

It makes no difference whether a completion has a manifest and label files of its own, a manifest
alone, or a place in the index of all completions: labels that are not written down are taken from
the column, and dealt to splits as they would be for a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plurel_cli.config.arguments import checked
from plurel_cli.errors import UsageError
from plurel_cli.schema.model import Schema
from plurel_cli.schema.task import SPLITS, Task
from plurel_cli.storage.database import recorded_config
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.place import Place, place_of
from plurel_cli.storage.tasks import manifest_of, read_baselines, read_labels
from plurel_cli.tasks.completion import completion_labels
from plurel_cli.tasks.tables import Tables

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class StoredTask:
    """A task of a database on a disk or in a bucket.

    Attributes
    ----------
    folder
        Of the database.
    schema
        The database.
    task
        What `schema.json` says of the task.
    """

    folder: Place
    schema: Schema
    task: Task

    @property
    def manifest(self) -> dict[str, Any]:
        """What its manifest says, or would say if it had one."""
        return manifest_of(self.task)

    @property
    def baselines(self) -> dict[str, Any] | None:
        """What `baselines.json` says; None where it was not scored."""
        return read_baselines(self.folder, self.task) if self.task.has_scores else None

    def labels(self, split: str) -> pl.DataFrame:
        """Its labels.

        Parameters
        ----------
        split
            `train`, `val` or `test`.

        Returns
        -------
        DataFrame
            Keys of the entities, cut-offs where it has some, and answers.

        Raises
        ------
        UsageError
            If there is no such split.
        FolderError, StorageError
            If a file is missing or cannot be read.

        Notes
        -----
        O(rows of the table) time where they are not written down.
        """
        if split not in SPLITS:
            raise UsageError("split", f"must be one of {', '.join(SPLITS)}", split)
        if not self.task.has_labels:
            table = self.schema.by_name[self.task.entity_table]
            column = table.by_column[self.task.target_col]
            tables = Tables.of(self.folder, self.schema)
            least = recorded_config(self.schema, self.folder).tasks.min_rows
            return completion_labels(tables, table, column, least)[split]
        return read_labels(self.folder, self.task, split)


@checked
def load_tasks(folder: str | Place) -> dict[str, StoredTask]:
    """The tasks of a database by name.

    Parameters
    ----------
    folder
        The database, or `s3://bucket/prefix`.

    Returns
    -------
    dict
        Those that were asked for; none where a database has the manifests of columns alone.

    Raises
    ------
    FolderError, StorageError
        If it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from plurel_cli import add_tasks, generate_to
    >>> folder = f"{tempfile.mkdtemp()}/db"
    >>> _ = generate_to(folder, {"schema": {"tables": 3}}, 1)
    >>> _ = add_tasks(folder, kinds=["completion"], completion="index")
    >>> tasks = load_tasks(folder)
    >>> tasks["table_1-feature_2"].labels("val").columns
    ['row_idx', 'feature_2']
    """
    place = place_of(folder)
    schema = read_schema(place)
    return {task.name: StoredTask(place, schema, task) for task in schema.tasks or ()}
