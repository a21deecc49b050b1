"""Families of random directed acyclic graphs, one module a family.

A layout is a function `(n, draws, *, settings…) → edges`: it gets the number of nodes and scalar
draws, and returns (parent, child) pairs over nodes 0..n − 1 that form a connected acyclic graph
without repeated edges. Schemas and causal graphs are drawn from the same families.
"""

from __future__ import annotations

from collections.abc import Callable

from plurel_cli.choices.registry import Registry

Edges = list[tuple[int, int]]

Layout = Callable[..., Edges]

layouts: Registry[Layout] = Registry("layout", __name__)
