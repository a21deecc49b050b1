"""Draw what shares of a column's variance come from where.

A column's budget is Dirichlet about that of its table, which is Dirichlet about that of its
database: a few links are strong, many weak. A share that a table cannot have (of a referenced row
without references, of time without times) goes to the others in proportion.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from plurel_cli.config.scm import BudgetConfig
from plurel_cli.numerics.elementary import exp, log
from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.numerics.sums import total
from plurel_cli.schema.causal import (
    Budget,
    CausalNode,
    Drift,
    Gathered,
    Memory,
    OfBlock,
    OfChildren,
    OwnTrait,
    ParentTrait,
)
from plurel_cli.schema.model import ForeignKey, Schema, Table

BUDGET = "budget"
"""The source of a node that is nothing but a mixture: no share comes from causes."""

COMPONENTS = ("causes", "traits", "parents", "memory", "drift", "children", "noise", "blocks")

_STEEPEST, _WIDEST = 0.02, 2.0  # of a gradual drift, in windows
_LOOSEST, _STEADIEST = 0.5, 0.95  # from one week of a local drift to the next
_EDGE = 0.15  # steps and middles are not nearer to an end of the window

Shares = NDArray[np.float64]


def draw_budgets(
    schema: Schema,
    table: Table,
    nodes: Sequence[CausalNode],
    settings: BudgetConfig,
    database: Stream,
    stream: Stream,
) -> list[CausalNode]:
    """Draw the budgets of a table's columns.

    Parameters
    ----------
    schema, table
        The table.
    nodes
        The nodes of its graph, all carried as numbers.
    settings
        Those of budgets.
    database, stream
        Randomness of these choices alone, of the database and of the table.

    Returns
    -------
    list of CausalNode
        The nodes, some of those that are columns with a budget. One that nothing of comes from
        causes has none any more; what is gathered of children is their number.
    """
    p = settings.p.draw(stream.child("p").draws())
    weights = np.array([getattr(settings.shares, name) for name in COMPONENTS])
    common = _about(weights, settings.database_concentration, database.child("shares"))
    mean = _about(common, settings.table_concentration, stream.child("shares"))
    possible = np.array([_is_possible(schema, table, name) for name in COMPONENTS])
    found = list(nodes)
    for j, node in enumerate(nodes):
        own = stream.child("node", j)
        if node.column is None or node.determined is not None or not own.draws().chance(p):
            continue
        shares = _about(mean, settings.concentration, own.child("shares"))
        shares = _kept(shares * possible, settings.floor)
        if shares.any():
            by_name = dict(zip(COMPONENTS, shares.tolist(), strict=True))
            budget = _budget(schema, table, by_name, settings, stream, j)
            found[j] = node.but(budget=budget, **({} if budget.causes else _NO_CAUSES))
    return found


_NO_CAUSES: dict[str, object] = {
    "source": BUDGET,
    "causes": (),
    "weights": (),
    "mechanisms": (),
    **dict.fromkeys(("gathered", "time", "aggregation", "width")),
}


def _about(mean: Shares, concentration: float, stream: Stream) -> Shares:
    """Dirichlet shares about a mean."""
    whole = total(mean)
    if whole == 0:
        return mean
    drawn: Shares = stream.generator().standard_gamma(concentration * mean / whole)
    if total(drawn) == 0:
        drawn = mean.copy()
    drawn /= total(drawn)
    return drawn


def _kept(shares: Shares, floor: float) -> Shares:
    """Shares that add up to 1, none of them below a floor."""
    if total(shares) > 0:
        shares = shares / total(shares)
        shares = np.where(shares < floor, 0.0, shares)
        shares = shares / total(shares)
    return shares


def child_keys(schema: Schema, table: Table) -> list[tuple[Table, ForeignKey]]:
    """The foreign keys of other tables into a table, each with its table."""
    return [its for its in schema.referring.get(table.name, ()) if its[0].name != table.name]


def _is_possible(schema: Schema, table: Table, component: str) -> bool:
    match component:
        case "children":
            return bool(child_keys(schema, table))
        case "parents":
            return bool(table.foreign_keys)
        case "blocks":
            return bool(_blocks(schema, table))
        case "memory":
            return table.time_column is not None and bool(_to_many(table))
        case "drift":
            return table.time_column is not None
        case _:
            return True


def _blocks(schema: Schema, table: Table) -> list[tuple[str, Table, ForeignKey]]:
    """Foreign keys with blocks that a table's rows lie in, or the rows that they refer to do."""
    found = [("row", child, column) for child, column in child_keys(schema, table)]
    found += [("parent", table, column) for column in table.foreign_keys]
    return [its for its in found if _levels(its[2])]


def _levels(key: ForeignKey) -> list[int]:
    """How many of a foreign key's levels may count: so many that there is more than one block."""
    radices = () if key.blocks is None else key.blocks.parent_radices
    return [n for n in range(1, len(radices) + 1) if math.prod(radices[:n]) > 1]


def _to_many(table: Table) -> list[ForeignKey]:
    return [key for key in table.foreign_keys if not key.one_child]


def _budget(
    schema: Schema,
    table: Table,
    shares: dict[str, float],
    settings: BudgetConfig,
    stream: Stream,
    node: int,
) -> Budget:
    own = stream.child("node", node)
    trait = parent = memory = drift = children = block = strength = None
    if share := shares["traits"]:
        draws = own.child("trait").draws()
        trait = OwnTrait(share=share, trait=draws.below(settings.traits), sign=_sign(draws))
    if share := shares["parents"]:
        draws = own.child("parent").draws()
        parent = ParentTrait(
            share=share,
            foreign_key=draws.item([column.name for column in table.foreign_keys]),
            trait=draws.below(settings.traits),
            sign=_sign(draws),
        )
    if share := shares["memory"]:
        draws = own.child("memory").draws()
        column, chain = draws.item(_to_many(table)), draws.below(settings.chains)
        parent_id = schema.by_name[column.references].id
        of_chain = stream.child("chain", parent_id, column.ordinal, chain)
        memory = Memory(
            share=share,
            foreign_key=column.name,
            chain=chain,
            persistence=settings.persistence.draw(of_chain.draws()),
            kind=settings.chain.draw(of_chain.child("kind").draws()),
            sign=_sign(draws),
        )
    if share := shares["drift"]:
        draws = own.child("drift").draws()
        drift = _drift(settings.drift.draw(draws), share, draws)
    if share := shares["children"]:
        draws = own.child("children").draws()
        child, column = draws.item(child_keys(schema, table))
        number = Gathered(table=child.name, foreign_key=column.name, aggregate="count")
        children = OfChildren(share=share, gathered=number, sign=_sign(draws))
    if share := shares["blocks"]:
        draws = own.child("block").draws()
        of, child, column = draws.item(_blocks(schema, table))
        block = OfBlock(
            share=share,
            of=of,
            child=child.name,
            foreign_key=column.name,
            levels=draws.item(_levels(column)),
        )
    if shares["causes"] and table.time_column is not None:
        draws = own.child("strength").draws()
        if moving := settings.moving.draw(draws):
            strength = _drift(settings.drift.draw(draws), moving, draws)
    return Budget(
        causes=shares["causes"],
        trait=trait,
        parent=parent,
        memory=memory,
        drift=drift,
        children=children,
        block=block,
        strength=strength,
        noise=shares["noise"],
    )


def _sign(draws: Draws) -> int:
    return 1 if draws.chance(0.5) else -1


def _drift(kind: str, share: float, draws: Draws) -> Drift:
    sign, at, width = _sign(draws), 0.0, 0.0
    if kind in ("gradual", "step"):
        at = draws.between(_EDGE, 1.0 - _EDGE)
    if kind == "gradual":
        width = exp(draws.between(log(_STEEPEST), log(_WIDEST)))
    if kind == "seasonal":
        at = draws.uniform()
    if kind == "local":
        width = draws.between(_LOOSEST, _STEADIEST)
    return Drift(share=share, kind=kind, at=at, width=width, sign=sign)
