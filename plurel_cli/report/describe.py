"""What is in a database, as numbers.

The schema says nearly all; fan-outs, children per parent of every foreign key, are counted in the
tables themselves.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.report.columns import columns_of
from plurel_cli.report.description import (
    ClusterCounts,
    Description,
    FanOut,
    Graph,
    KeySummary,
    TableSummary,
)
from plurel_cli.report.tasks import lines_of, scored_of
from plurel_cli.report.training import training_of
from plurel_cli.schema.block_model import BlockModel
from plurel_cli.schema.column import TIME_TYPES, Attribute, Feature
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.record import Record
from plurel_cli.schema.table import Table
from plurel_cli.schema.window import Window
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.layout import files
from plurel_cli.storage.parquet import Stored, reading, scan
from plurel_cli.storage.place import Place, place_of
from plurel_cli.summary.rows import StoredRows

if TYPE_CHECKING:
    import networkx as nx

RELATIONAL_TRANSFORMER_KEYS = 5
"""Foreign keys a row that the Relational Transformer reads; it leaves out databases with more."""


def describe(folder: str | Place, *, columns: bool = True) -> Description:
    """Describe a database.

    Parameters
    ----------
    folder
        A database at any stage.
    columns
        Whether columns are told of, whose values have to be counted for that.

    Returns
    -------
    Description

    Raises
    ------
    FolderError, StorageError
        If it cannot be read.
    """
    root = place_of(folder)
    schema = read_schema(root)
    graph, source = _graph(schema), StoredRows(root, schema)

    def summed_up(table: Table) -> TableSummary:
        summary = _table(table)
        if not columns:
            return summary
        return replace(summary, columns=columns_of(schema, table.name, source))

    return Description(
        folder=str(folder),
        seed=schema.seed,
        stages=schema.stages,
        made_by=f"plurel {schema.made.plurel}" if schema.made else None,
        rows=sum(table.rows for table in schema.tables),
        bytes=sum(_size(root / path) for path in files(schema)),
        window=_window(schema.window) if schema.window else None,
        graph=graph,
        tables=tuple(map(summed_up, schema.tables)),
        foreign_keys=tuple(
            _foreign_key(root, schema, table, column)
            for table in schema.tables
            for column in table.foreign_keys
        ),
        training=training_of(root, schema),
        tasks=tuple(lines_of(scored_of(root, schema))),
        notes=tuple(_notes(graph)),
    )


def _window(window: Window) -> dict[str, str]:
    days = window.model_dump(mode="json", exclude={"profile"})
    return days if window.profile is None else {**days, "profile": window.profile.name}


def _said(record: Record | None) -> dict[str, Any]:
    """What a record says that is not its default."""
    if record is None:
        return {}
    return record.model_dump(mode="json", exclude_defaults=True)


def _size(path: Place) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        raise FolderError(path, "is missing", remedy="`plurel validate` says more") from None
    except OSError as error:
        raise storage_error(path, error) from None


def _graph(schema: Schema) -> Graph:
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph(schema.graph())
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    return Graph(
        layout=schema.layout,
        tables=len(schema.tables),
        foreign_keys=len(schema.edges),
        sources=sum(degree == 0 for _, degree in graph.in_degree()),
        sinks=sum(degree == 0 for _, degree in graph.out_degree()),
        longest_path=nx.dag_longest_path_length(graph, weight=None),
        multipath_pairs=multipath_pairs(graph),
        most_foreign_keys=max(len(table.foreign_keys) for table in schema.tables),
    )


def multipath_pairs(graph: nx.DiGraph[str]) -> int:
    """Ordered pairs of tables with more than one path from the first to the second (diamonds)."""
    import networkx as nx

    paths: dict[str, Counter[str]] = {name: Counter() for name in graph}
    for node in reversed(list(nx.topological_sort(graph))):
        for child in graph.successors(node):
            paths[node][child] += 1
            for target, count in paths[child].items():
                paths[node][target] = min(paths[node][target] + count, 2)
    return sum(count > 1 for counts in paths.values() for count in counts.values())


def _table(table: Table) -> TableSummary:
    kinds = Counter(map(_sort, table.contents))
    return TableSummary(
        name=table.name,
        kind=table.kind,
        rows=table.rows,
        primary_key=table.primary_key,
        time_column=table.time_column,
        foreign_keys=len(table.foreign_keys),
        numerical=kinds["numerical"],
        categorical=kinds["categorical"],
        flags=kinds["flag"],
        dates=kinds["date"],
        texts=kinds["text"],
        hidden=tuple(hidden.name for hidden in table.hidden),
        tells_future=tuple(column.name for column in table.contents if column.tells_future),
        unique=table.unique,
        arrivals=_said(table.arrivals) or None,
    )


def _sort(column: Feature | Attribute) -> str:
    """What a column holds."""
    if column.type == "boolean":
        return "flag"
    if column.type in ("date", *TIME_TYPES):
        return "date"
    if isinstance(column, Feature) and column.kind == "categorical":
        return "categorical"
    return "text" if column.type == "string" else "numerical"


def _foreign_key(root: Place, schema: Schema, table: Table, key: ForeignKey) -> KeySummary:
    parent = schema.by_name[key.references]
    is_made = "fk" in schema.stages
    stored = Stored.of(root, schema, table)
    return KeySummary(
        child=table.name,
        column=key.name,
        parent=parent.name,
        fan_out=_fan_out(stored, key.name, parent.rows) if is_made else None,
        blocks=_blocks(key.blocks) if key.blocks else None,
        form=key.form,
        habits=_said(key.shape),
    )


def _fan_out(stored: Stored, column: str, n_parents: int) -> FanOut:
    import polars as pl

    table, path = stored.table, stored.place
    key = scan(stored).select(pl.col(column).alias("key"))
    counts = reading(path, lambda: key.group_by("key").len("n").collect(engine="streaming"))
    n_rows = int(counts["n"].sum())
    if n_rows != table.rows:
        raise FolderError(path, f"must hold {table.rows} rows", n_rows)
    children = counts.drop_nulls("key")["n"].sort(descending=True)
    n_keys, n_parents_with = int(children.sum()), len(children)
    middle = [n_parents - 1 - n_parents // 2, n_parents // 2]  # of parents by falling fan-out
    median = sum(children[i] if i < n_parents_with else 0 for i in middle) / 2
    return FanOut(
        mean=n_keys / n_parents,
        median=median,
        max=int(children[0]) if n_parents_with else 0,
        childless_share=1 - n_parents_with / n_parents,
        null_share=1 - n_keys / n_rows,
    )


def _blocks(model: BlockModel) -> ClusterCounts:
    return ClusterCounts(model.parent_radices, model.child_radices)


def _notes(graph: Graph) -> list[str]:
    if graph.most_foreign_keys <= RELATIONAL_TRANSFORMER_KEYS:
        return []
    return [
        f"a table has {graph.most_foreign_keys} foreign keys; the Relational Transformer reads at "
        f"most {RELATIONAL_TRANSFORMER_KEYS} and leaves such a database out of its training list "
        "(schema.max_parents caps them)"
    ]
