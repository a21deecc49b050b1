"""Whether features are healthy, over 200 databases of the published default.

Counted: numbers that are not finite, nulls that were not planned, feature columns that are one
value in all or in over 99 % of their rows, and nodes whose mechanisms were drawn anew.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from plurel_cli import Config, Database, generate
from plurel_cli.numerics.shares import floor_share

MOST_ALIKE = 0.99
N_DATABASES = 200


@dataclass
class Health:
    """What is counted over some databases.

    Attributes
    ----------
    columns, constant, one_sided
        Feature columns, those of one value, and those of one value in over 99 % of the rows that
        are not null, constant ones included.
    not_finite, unplanned_nulls
        Cells.
    nodes, redrawn
        Nodes that some column depends on, and those drawn anew.
    attempts
        Nodes by how often they were drawn anew.
    by_kind
        One-sided columns by mode and kind.
    """

    columns: int = 0
    constant: int = 0
    one_sided: int = 0
    not_finite: int = 0
    unplanned_nulls: int = 0
    nodes: int = 0
    redrawn: int = 0
    attempts: Counter[int] = field(default_factory=Counter)
    by_kind: Counter[str] = field(default_factory=Counter)

    def add(self, database: Database) -> None:
        for table in database.schema.tables:
            graph = table.causal
            if graph is None:
                raise ValueError("health is that of causal features")
            frame = database.tables[table.name]
            for column in table.features:
                values = frame[column.name]
                planned = column.kind == "numerical"
                n_nulls = floor_share(graph.null_share, table.rows) if planned else 0
                self.unplanned_nulls += abs(values.null_count() - n_nulls)
                self._add_column(values.drop_nulls(), f"{graph.mode} {column.kind}")
            for node in graph.nodes:
                self.nodes += node.is_used
                self.redrawn += node.attempt > 0
                self.attempts[node.attempt] += node.is_used

    def _add_column(self, values: pl.Series, kind: str) -> None:
        if values.dtype.is_float():
            self.not_finite += int((~values.is_finite()).sum())
        most = int(values.value_counts()["count"].max() or 0)
        self.columns += 1
        self.constant += most == len(values)
        if most > MOST_ALIKE * len(values):
            self.one_sided += 1
            self.by_kind[kind] += 1


def run() -> None:
    health = Health()
    config = Config.model_validate({})
    for seed in range(N_DATABASES):
        health.add(generate(config, seed))
    one_sided, constant = (count / health.columns for count in (health.one_sided, health.constant))
    print(f"health of {N_DATABASES} databases of the default config, {health.columns:,} columns")
    print(
        f"  {health.not_finite} cells not finite, {health.unplanned_nulls} nulls not planned, "
        f"{one_sided:.2%} of columns over 99 % one value ({constant:.2%} constant)"
    )
    print(f"  by mode and kind: {dict(health.by_kind.most_common())}")
    print(
        f"  {health.redrawn / health.nodes:.1%} of {health.nodes:,} nodes drawn anew, by times: "
        f"{dict(sorted(health.attempts.items()))}"
    )
