"""What there is to learn of each feature column, in the terms of the Relational Transformer.

Its pretraining predicts columns, and reads from `scores.json` which are worth it. The figures are
exact, and are those of the columns as written: the file of each table is read once more, one
column at a time where it is large.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.schema.column import Attribute, Column, Feature
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.document import refused
from plurel_cli.storage.layout import ROW_GROUP_ROWS, SCORES_FILE, is_scored
from plurel_cli.storage.ledger import Ledger, write_entered
from plurel_cli.storage.parquet import Stored, read_columns
from plurel_cli.storage.place import Place
from plurel_cli.storage.tallies import ColumnScore, tally_of

if TYPE_CHECKING:
    pass

Scores = dict[str, dict[str, ColumnScore]]
"""Scores of every feature column, by table and column."""

_SCORES: TypeAdapter[Scores] = TypeAdapter(Scores)


def is_source_node(table: Table, column: Column) -> bool:
    """Whether nothing has a part in a column, as its causal graph tells; a series is a source.

    Parameters
    ----------
    table
        The table.
    column
        A feature column of it.

    Returns
    -------
    bool
    """
    if isinstance(column, Attribute):
        return False  # what a formula gives is of other columns
    nodes = table.causal.nodes if table.causal is not None else ()
    return not any(node.column == column.name and not node.is_independent for node in nodes)


def scores_of(folder: Place, schema: Schema) -> Scores:
    """The scores of a database.

    Parameters
    ----------
    folder
        A folder with all its tables.
    schema
        What they are.

    Returns
    -------
    Scores
        By table and column.

    Raises
    ------
    FolderError
        If a table cannot be read.

    Notes
    -----
    O(rows) time. The memory is that of a row group, and of the distinct values of one column: at
    most a MiB for each power of two between the smallest and the largest, and for either sign.
    """
    return {table.name: table_scores(Stored.of(folder, schema, table)) for table in schema.tables}


def table_scores(stored: Stored) -> dict[str, ColumnScore]:
    """The scores of one table's columns."""
    table, scores = stored.table, dict[str, ColumnScore]()
    is_small = table.rows <= ROW_GROUP_ROWS
    scored = tuple(filter(is_scored, table.contents))
    for columns in [scored] if is_small else [(column,) for column in scored]:
        scores |= _scores(stored, columns)
    return scores


def _scores(stored: Stored, columns: Sequence[Feature | Attribute]) -> dict[str, ColumnScore]:
    tallies = {column.name: tally_of(column) for column in columns}
    for frame in read_columns(stored, columns) if columns else ():
        for name, tally in tallies.items():
            tally.add(frame[name])
    return {
        column.name: ColumnScore(
            is_source_node=is_source_node(stored.table, column), **tallies[column.name].figures()
        )
        for column in columns
    }


def write_scores(folder: Place, scores: Scores, ledger: Ledger) -> None:
    """Write `scores.json`.

    Parameters
    ----------
    folder
        The database.
    scores
        Its scores.
    ledger
        Where the file is noted.
    """
    data = {
        table: {name: score.model_dump(mode="json") for name, score in columns.items()}
        for table, columns in scores.items()
    }
    text = json.dumps(data, indent=1) + "\n"
    write_entered(folder, SCORES_FILE, text.encode(), ledger)


def read_scores(folder: Place) -> Scores:
    """Read `scores.json`.

    Raises
    ------
    FolderError
        If it is missing or broken.
    StorageError
        If it cannot be read.
    """
    path = folder / SCORES_FILE
    try:
        return _SCORES.validate_json(path.read_bytes())
    except FileNotFoundError:
        raise FolderError(path, "is missing", remedy="`plurel validate` says more") from None
    except OSError as error:
        raise storage_error(path, error) from None
    except ValidationError as error:
        raise refused(error, path) from None
