"""Draw which columns of a table have nulls, and why."""

from __future__ import annotations

from collections.abc import Container, Sequence

from plurel_cli.features.nulls import NullRecord, null_reasons
from plurel_cli.features.nulls.reason import Group, NullReason
from plurel_cli.features.nulls.settings import MissingConfig
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.causal import CausalNode

CONCENTRATION = 4.0
"""How close the tables of a database are to its share of columns with nulls: a + b of a Beta."""


def draw_p_column(settings: MissingConfig, database: Stream, table: Stream) -> float:
    """Probability that a column of a table has nulls.

    Parameters
    ----------
    settings
        Those of nulls.
    database, table
        Randomness of this choice alone, of the database and of the table.

    Returns
    -------
    float
        Beta with the database's own as its mean.
    """
    mean = settings.p_column.draw(database.draws())
    if not 0.0 < mean < 1.0:
        return mean
    a, b = CONCENTRATION * mean, CONCENTRATION * (1.0 - mean)
    return float(table.generator().beta(a, b))


def draw_nulls(
    nodes: Sequence[CausalNode],
    columns: Sequence[int],
    settings: MissingConfig,
    p_column: float,
    n_timed: int,
    stream: Stream,
) -> list[CausalNode]:
    """Draw which columns of a table have nulls, and why.

    Parameters
    ----------
    nodes
        The nodes of its graph.
    columns
        Those that are columns, in the order of the table.
    settings
        Those of nulls.
    p_column
        Probability that a column has some.
    n_timed
        Rows of the table, 0 where they have no times.
    stream
        Randomness of these choices alone.

    Returns
    -------
    list of CausalNode
        The nodes, those with nulls told so. What tells is a column without nulls, if there is
        one; else another column, or a latent node; or the first of those null together itself.
        It is a number if one of these is, as a threshold cuts categories at random.
    """
    reasons = _Reasons(nodes, columns, settings, n_timed, stream)
    p_group = settings.group.draw(stream.child("group").draws())
    groups: list[list[int]] = []
    for place, j in enumerate(columns):
        draws = stream.child("column", place).draws()
        if draws.chance(p_column):
            if draws.chance(p_group) and groups:
                groups[-1].append(j)
            else:
                groups.append([j])
    nullable = {j for group in groups for j in group}
    several = list(nodes)
    for number, members in enumerate(groups):
        null = reasons.drawn(number, members, nullable)
        for j in members:
            several[j] = several[j].but(null=null)
    return several


def draw_reasons(
    nodes: Sequence[CausalNode],
    unexplained: Sequence[int],
    columns: Sequence[int],
    settings: MissingConfig,
    n_timed: int,
    stream: Stream,
) -> list[CausalNode]:
    """Draw why columns are null of which only the share is known.

    Parameters
    ----------
    nodes
        The nodes of a table's graph.
    unexplained
        Those that are such columns.
    columns
        Those that are columns and may tell of nulls.
    settings
        Those of nulls.
    n_timed
        Rows of the table, 0 where they have no times.
    stream
        Randomness of the reasons of the table.

    Returns
    -------
    list of CausalNode
        The nodes, each of these with a reason, and the share that it had.
    """
    reasons = _Reasons(nodes, columns, settings, n_timed, stream)
    nullable = {j for j, node in enumerate(nodes) if node.null is not None}
    several = list(nodes)
    for j in unexplained:
        if (before := nodes[j].null) is not None:
            null = reasons.drawn(before.group, [j], nullable, before.share)
            several[j] = several[j].but(null=null)
    return several


class _Reasons:
    """Draws the reasons of a table's nulls."""

    def __init__(
        self,
        nodes: Sequence[CausalNode],
        columns: Sequence[int],
        settings: MissingConfig,
        n_timed: int,
        stream: Stream,
    ) -> None:
        self._nodes, self._columns = nodes, columns
        self._rate, self._n_timed, self._stream = settings.rate, n_timed, stream
        self._reasons = null_reasons.of(NullReason)
        self._p = {
            kind: reason.p(settings).draw(stream.child(kind).draws())
            for kind, reason in self._reasons.items()
        }

    def drawn(
        self,
        number: int,
        members: Sequence[int],
        nullable: Container[int],
        share: float | None = None,
    ) -> NullRecord | None:
        """The reason of one group, whose share is drawn if it is not known."""
        nodes, columns = self._nodes, self._columns
        draws = self._stream.child("group", number).draws()
        candidates = (
            [j for j in columns if j not in nullable]
            or [j for j in columns if j not in members]
            or [j for j, node in enumerate(nodes) if j not in members and node.is_variable]
        )
        candidates = [j for j in candidates if nodes[j].kind == "numerical"] or candidates
        share = self._rate.draw(draws) if share is None else share
        group = Group(number, share, members, candidates, self._n_timed, draws)
        null: NullRecord | None = None
        for kind, reason in self._reasons.items():
            null = (
                reason.drawn(group, self._p[kind], self._stream.child(kind, number), null) or null
            )
        return null
