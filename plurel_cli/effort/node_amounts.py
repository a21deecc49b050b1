"""How much work one node of a causal graph is.

By the row: so many values encoded, aggregated, decoded and compared. By the slice of rows: so many
calls, which cost the same for few rows as for many. And once, in the fit: mechanisms that are
drawn, and what is sorted.
"""

from __future__ import annotations

from collections import Counter
from typing import TypeAlias

from plurel_cli.features.mechanisms import is_by_grid
from plurel_cli.schema.causal import CausalGraph

Amounts: TypeAlias = Counter[str]
"""Amounts of work by name."""


def node_work(graph: CausalGraph, j: int) -> Amounts:
    """Work of a node: by the row, and of those that begin with `call` by the slice.

    Parameters
    ----------
    graph
        The causal graph of its table.
    j
        The node.

    Returns
    -------
    Amounts
        By the row, but by the slice what begins with `call`.
    """
    node = graph.nodes[j]
    amounts: Amounts = Counter()
    if not node.is_variable:
        return amounts
    if node.budget is not None:
        amounts["mixed"] += 1
        amounts["call_mixed"] += 1
        for share in node.budget:
            amounts[f"share_{share.kind}"] += 1
            amounts["call_share"] += 1
    is_category = graph.mode == "eager" and node.kind == "categorical"
    if node.embedding is None:
        amounts[f"source_{'category' if is_category else node.draw}"] += 1
        return amounts
    aggregation, width, _, (*families, decoder) = node.embedding
    for cause, family in zip(node.of_row, families, strict=True):
        way = "grid" if is_by_grid(family) else "line"
        if graph.mode == "eager" and graph.nodes[cause].kind == "categorical":
            way = "taken"
        amounts[f"encoded_{way}"] += width
        amounts["encoded"] += 1
        amounts["call_encoded"] += 1
    heavy = "slow" if aggregation in ("product", "logsumexp") else "plain"
    amounts[f"aggregated_{heavy}"] += width * len(node.of_row)
    amounts["noise"] += width
    amounts["taken"] += width * len(graph.parents)
    amounts["decoded_" + ("grid" if is_by_grid(decoder) else "line")] += width
    if is_category:
        amounts["compared"] += width * (node.categories or 2)
        amounts["decided"] += node.categories or 2
    amounts["call_node"] += 1
    return amounts


def fit_work(graph: CausalGraph, j: int, rows: int) -> Amounts:
    """Work of the fit of a node beside its values.

    Parameters
    ----------
    graph
        The causal graph of its table.
    j
        The node.
    rows
        Reference rows of the table.

    Returns
    -------
    Amounts
        Once for the node, or by the row where it is sorted.
    """
    node = graph.nodes[j]
    amounts: Amounts = Counter(node=1)
    if not node.is_variable:
        amounts["determined"] += 1
        return amounts
    if node.embedding is not None:
        n_mechanisms = len(node.embedding.mechanisms)
        amounts["mechanism"] += n_mechanisms
        amounts["mechanism_width"] += n_mechanisms * node.embedding.width
    if graph.mode == "lazy" or node.kind == "numerical":
        amounts["sorted"] += rows
    if node.kind == "categorical":
        amounts["categories"] += node.categories or 0
    return amounts
