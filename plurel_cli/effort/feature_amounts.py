"""How much work the features of a database are, by table.

Small tables are computed once, in the fit. Of a large one the fit computes reference rows, and
all rows of what others refer to or gather; blocks that are written are computed again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from plurel_cli.effort.drawn import DrawnDatabase, gathered_of
from plurel_cli.effort.node_amounts import Amounts, fit_work, node_work
from plurel_cli.features.budget.memory import MemoryShare
from plurel_cli.features.references import DENSE_ROWS
from plurel_cli.features.rows import REFERENCE_ROWS, SLICE_ROWS
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.schema.causal import CausalGraph, ParentCauses
from plurel_cli.schema.table import Table


class FeatureWork:
    """The work of the features of a database.

    Small tables are computed once, in the fit. Of a large one the fit computes reference rows, and
    all rows of what others refer to or gather, one column after another.
    """

    def __init__(self, drawn: DrawnDatabase) -> None:
        self._drawn = drawn
        self._nodes = {
            table.name: [
                node_work(drawn.graph(table), j) for j in range(len(drawn.graph(table).nodes))
            ]
            for table in drawn.schema.tables
        }

    def times_over(self, table: Table) -> float:
        """How often a key or a time of a table is made."""
        if table.rows <= REFERENCE_ROWS or not self._drawn.graph(table).nodes:
            return 1.0
        sample = min(1.0, BLOCK_ROWS * (REFERENCE_ROWS // SLICE_ROWS) / table.rows)
        n_whole = len(self._drawn.whole_nodes(table)) if self._drawn.graph(table).parents else 0
        return 1.0 + sample + n_whole

    def fit(self) -> Amounts:
        """Work of the fit of all tables."""
        amounts: Amounts = Counter(database=1)
        for table in self._drawn.schema.tables:
            graph = self._drawn.graph(table)
            used = [j for j, node in enumerate(graph.nodes) if node.is_used]
            if not used:
                continue
            rows = min(table.rows, REFERENCE_ROWS)
            amounts["table"] += 1
            amounts["unused"] += len(graph.nodes) - len(used)
            for j in used:
                self._add(amounts, table, j, rows)
                amounts.update(fit_work(graph, j, rows))
            for parent in graph.parents:
                amounts["referenced"] += len(parent.nodes)
                amounts.update(self._reference_work(table, parent, rows, is_encoded=True))
            for gathered in gathered_of(graph.nodes):
                children = self._drawn.schema.by_name[gathered.table].rows
                amounts["gathered_rows"] += children
                amounts["gathered"] += 1
            if table.rows > REFERENCE_ROWS:
                for j in self._drawn.whole_nodes(table):
                    for k in self._closure(graph, [j]):
                        self._add(amounts, table, k, table.rows)
            for rows_of_chain in self._chains(table, graph):
                amounts["chain_rows"] += rows_of_chain
        return amounts

    def values(self, table: Table) -> Amounts:
        """Work of what is written of a table's features."""
        graph = self._drawn.graph(table)
        amounts: Amounts = Counter()
        if not graph.nodes:
            for feature in table.features:
                amounts[f"series_{feature.kind}"] += table.rows
                amounts["series"] += 1
            return amounts
        columns = [j for j, node in enumerate(graph.nodes) if node.column is not None]
        if table.rows > REFERENCE_ROWS:
            for j in self._closure(graph, columns):
                self._add(amounts, table, j, table.rows)
            for parent in graph.parents:
                amounts.update(self._reference_work(table, parent, table.rows, is_encoded=False))
        for j in columns:
            node = graph.nodes[j]
            amounts["column"] += 1
            if not node.is_variable:
                amounts["determined"] += table.rows
            elif node.kind == "numerical":
                amounts["transformed"] += table.rows
            else:
                amounts["category"] += table.rows
            if node.null is not None or (graph.null_share and node.kind == "numerical"):
                amounts["nulls"] += table.rows
        return amounts

    def _add(self, amounts: Amounts, table: Table, j: int, rows: int) -> None:
        """Add the work of a node on so many rows of its table."""
        slices = -(-rows // SLICE_ROWS)
        for name, amount in self._nodes[table.name][j].items():
            amounts[name] += amount * (slices if name.startswith("call") else rows)

    @staticmethod
    def _closure(graph: CausalGraph, nodes: Iterable[int]) -> set[int]:
        """Nodes, and those of the same row that they depend on."""
        reached: set[int] = set()
        pending = list(nodes)
        for j in pending:
            if j not in reached:
                reached.add(j)
                pending += graph.nodes[j].of_row
        return reached

    def _reference_work(
        self, table: Table, parent: ParentCauses, rows: int, *, is_encoded: bool
    ) -> Amounts:
        """Work of what comes over a foreign key to so many rows."""
        nodes = self._drawn.graph(table).nodes
        n_parents = self._drawn.schema.by_name[parent.table].rows
        taking = [(node, node.embedding) for node in nodes if node.embedding is not None]
        width = max((embedding.width for _, embedding in taking), default=1)
        n_kinds = len({embedding.aggregation for node, embedding in taking if node.is_used})
        is_dense = n_parents <= DENSE_ROWS
        encoded = n_parents if is_dense else min(rows, n_parents)
        if is_dense and not is_encoded:
            encoded = 0
        work = encoded * len(parent.nodes)
        return Counter(
            referenced_rows=work,
            referenced_width=work * width * (1 + n_kinds),
            call_referenced=-(-encoded // SLICE_ROWS) * len(parent.nodes) * (1 + n_kinds),
            looked_up=0 if is_dense else rows,
            carried=rows * width * n_kinds,
        )

    @staticmethod
    def _chains(table: Table, graph: CausalGraph) -> Iterable[int]:
        """Rows of each chain of memory."""
        chains = {
            (share.foreign_key, share.chain)
            for node in graph.nodes
            for share in node.budget or ()
            if isinstance(share, MemoryShare)
        }
        return [table.rows] * len(chains)
