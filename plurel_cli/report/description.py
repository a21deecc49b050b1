"""A database as numbers: the records that `describe` fills and that are shown as text or JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

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
    """One table."""

    name: str
    kind: str
    rows: int
    primary_key: str
    time_column: str | None
    foreign_keys: int
    numerical: int
    categorical: int
    unique: tuple[str, ...] | None
    arrivals: dict[str, Any] | None


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
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)
