"""Give the columns of a table their nulls, each with a reason.

What a config states of a column is null at random, as it says no more. What a theme of the
package states is a share alone: why a row has none is drawn as for all other columns with nulls.
"""

from __future__ import annotations

from collections.abc import Collection

from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.nulls.draw import draw_nulls, draw_p_column, draw_reasons
from plurel_cli.features.stated import with_stated_nulls
from plurel_cli.features.streams import table_stream
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.causal import CausalGraph
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table


def with_nulls(
    schema: Schema,
    table: Table,
    graph: CausalGraph,
    of_theme: Collection[str],
    settings: ScmConfig,
) -> CausalGraph:
    """Give columns nulls that have a reason, where the config asks for them.

    Parameters
    ----------
    schema, table, graph
        The table, and its causal graph.
    of_theme
        Columns that a theme of the package drew.
    settings
        Those of the table.

    Returns
    -------
    CausalGraph
    """
    graph = with_stated_nulls(table, graph)
    missing = settings.missing
    if missing.p_column.bounds[1] == 0:
        return graph
    stream = table_stream(schema, table).child("missing")
    p = draw_p_column(missing, Stream(schema.seed).child("missing"), stream.child("p_column"))
    of = {node.column: j for j, node in enumerate(graph.nodes)}
    stated = {column.name for column in table.features if column.null_share is not None}
    columns = [of[column.name] for column in table.features if column.name not in stated]
    columns = [j for j in columns if graph.nodes[j].is_variable]
    n_timed = table.rows if table.time_column is not None else 0
    nodes = draw_nulls(graph.nodes, columns, missing, p, n_timed, stream)
    unexplained = [of[column.name] for column in table.features if column.name in stated]
    unexplained = [j for j in unexplained if nodes[j].null and nodes[j].column in of_theme]
    nodes = draw_reasons(nodes, unexplained, columns, missing, n_timed, stream)
    return graph.but(nodes=tuple(nodes))
