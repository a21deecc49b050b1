"""A database as numbers: the records that `describe` fills and that are shown as text or JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from plurel_cli.report.columns import ColumnSummary
from plurel_cli.report.tasks import Line
from plurel_cli.report.training import Training


@dataclass(frozen=True)
class Graph:
    """Shape of the schema graph."""

    layout: str
    tables: int
    foreign_keys: int
    sources: int
    sinks: int
    longest_path: int
    multipath_pairs: int
    most_foreign_keys: int


@dataclass(frozen=True)
class FanOut:
    """Children per parent, childless parents included."""

    mean: float
    median: float
    max: int
    childless_share: float
    null_share: float


@dataclass(frozen=True)
class ClusterCounts:
    """A block model: clusters of parent and child on each level, coarsest first."""

    parent_clusters: tuple[int, ...]
    child_clusters: tuple[int, ...]


@dataclass(frozen=True)
class KeySummary:
    """One foreign key."""

    child: str
    column: str
    parent: str
    fan_out: FanOut | None
    blocks: ClusterCounts | None
    form: str
    habits: dict[str, Any]


@dataclass(frozen=True)
class TableSummary:
    """One table.

    Attributes
    ----------
    name, kind, rows, primary_key, time_column, foreign_keys
        What it is.
    numerical, categorical, flags, dates, texts
        How many columns besides these hold numbers, categories, truth values, days or times, and
        other texts.
    hidden
        Its hidden variables.
    tells_future
        Columns that tell what is not known at the time of their row.
    unique
        Keys of which no two rows hold the same together.
    arrivals
        What shapes its times.
    columns
        Its columns and hidden variables, with what lies in them; empty where that was not asked.
    """

    name: str
    kind: str
    rows: int
    primary_key: str
    time_column: str | None
    foreign_keys: int
    numerical: int
    categorical: int
    flags: int
    dates: int
    texts: int
    hidden: tuple[str, ...]
    tells_future: tuple[str, ...]
    unique: tuple[str, ...] | None
    arrivals: dict[str, Any] | None
    columns: tuple[ColumnSummary, ...] = ()


@dataclass(frozen=True)
class Description:
    """A database, as numbers."""

    folder: str
    seed: int
    stages: tuple[str, ...]
    made_by: str | None
    rows: int
    bytes: int
    window: dict[str, str] | None
    graph: Graph
    tables: tuple[TableSummary, ...]
    foreign_keys: tuple[KeySummary, ...]
    training: Training | None
    tasks: tuple[Line, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)
