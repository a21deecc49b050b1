"""How much each row of a referenced table is referred to, within its block.

A parent's weight is a quantile of the popularity's distribution, at a uniform share of its own or,
for the parents whose hidden trait tells it, at that trait. Some parents weigh nothing, and a few,
the super-hubs, many times as much. Row 0 always weighs something: where references keep to time
it is the one that the first children have. So do rows without which some child would have nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plurel_cli.connectivity.popularities import popularities
from plurel_cli.connectivity.uniforms import all_uniforms
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.habits import Habits

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class RowWeights:
    """Cumulated weights of the rows of a referenced table.

    Attributes
    ----------
    cohort
        float64, shape (n + 1,): weights of the rows before each row, within blocks.
    returning
        The same for references that keep to no block.
    """

    cohort: Doubles
    returning: Doubles


def parent_weights(
    habits: Habits, n_parents: int, traits: Doubles, stream: Stream, kept: NDArray[np.int64]
) -> RowWeights:
    """Weights of all rows of a referenced table, for one foreign key.

    Parameters
    ----------
    habits
        Popularity, childless share, hubs, and the share of parents that the trait tells.
    n_parents
        Rows.
    traits
        Hidden traits of the rows, where habits have them tell weights; else not used.
    stream
        Randomness of this foreign key's weights alone.
    kept
        Rows that are not to be childless.

    Returns
    -------
    RowWeights

    Notes
    -----
    A parent to whom the trait applies weighs twice its trait more among returning rows, which on
    average leaves its weight as it is: it is referred to for longer as well as more often.
    O(n_parents) time and 16 bytes a row.
    """
    latent = None
    if habits.latent > 0:
        is_told = all_uniforms(stream.child("told"), n_parents) < habits.latent
        latent = is_told, traits
    weights = np.ones(n_parents)
    if habits.popularity is not None:
        shares = all_uniforms(stream.child("shares"), n_parents)
        if latent is not None:
            np.copyto(shares, latent[1], where=latent[0])
        weights = popularities[habits.popularity].function(shares, **habits.parameters)
    if habits.hubs > 0:
        is_hub = all_uniforms(stream.child("hubs"), n_parents) < habits.hubs
        weights[is_hub] *= habits.hub_weight or 1.0
    if habits.childless > 0:
        is_childless = all_uniforms(stream.child("childless"), n_parents) < habits.childless
        is_childless[kept] = False
        weights[is_childless] = 0.0
    cohort = _cumulated(weights)
    if latent is None:
        return RowWeights(cohort, cohort)
    weights[latent[0]] *= 2.0 * latent[1][latent[0]]
    return RowWeights(cohort, _cumulated(weights))


def _cumulated(weights: Doubles) -> Doubles:
    cumulated = np.zeros(len(weights) + 1)
    np.cumsum(weights, out=cumulated[1:])
    return cumulated
