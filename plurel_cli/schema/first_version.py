"""Causal graphs as version 1 of `schema.json` wrote them, made into those of today.

Version 1 had one record a room with a field for every kind; now each kind is a record of its own,
told by `kind`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def lifted_nodes(nodes: list[Any]) -> list[Any]:
    """Nodes of a causal graph, as plain data.

    Parameters
    ----------
    nodes
        As version 1 wrote them; what is of today already stays as it is.

    Returns
    -------
    list
        As they are written today.
    """
    return [_lifted(node, j) if isinstance(node, dict) else node for j, node in enumerate(nodes)]


def _lifted(node: Mapping[str, Any], j: int) -> dict[str, Any]:
    lifted = dict(node)
    time, null = lifted.get("time"), lifted.get("null")
    if isinstance(time, dict) and "what" in time:
        lifted["time"] = {"kind": time["what"], **_without(time, "what")}
    if isinstance(null, dict) and "kind" not in null:
        lifted["null"] = {"kind": _reason(null, j), **null}
    return lifted


def _reason(null: Mapping[str, Any], j: int) -> str:
    if "first" in null:
        return "begins"
    if "cause" not in null:
        return "random"
    return "itself" if null["cause"] == j else "told"


def _without(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if key != name}
