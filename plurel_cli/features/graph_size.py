"""How large a causal graph may be: dense layouts look at every pair of its nodes."""

from __future__ import annotations

from plurel_cli.errors import ConfigError, Problem
from plurel_cli.schema.table import Table

MOST_NODES = 4096
"""So many take some seconds in the densest layout, and memory grows with their square."""


def check_size(n: int, table: Table) -> None:
    """Refuse a causal graph that is too large.

    Parameters
    ----------
    n
        Nodes, those of no column included.
    table
        Whose graph it is.

    Raises
    ------
    ConfigError
        If it has over 4,096 nodes.
    """
    if n > MOST_NODES:
        rule = f"would have a causal graph of {n:,} nodes, and {MOST_NODES:,} are the most"
        remedy = "give it fewer columns, or raise features.scm.latent_ratio"
        raise ConfigError([Problem(f"table {table.name}", rule, remedy=remedy)])
