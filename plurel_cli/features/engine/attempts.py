"""One attempt at a node: its model is drawn, computed on the reference rows, and judged.

An attempt is fine if its numbers are finite and do differ, and its categories are more than one;
all that is found on the way goes into the node's fit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from plurel_cli.features.budget.draw import of_graph
from plurel_cli.features.budget.mixtures import Mixing, Mixtures
from plurel_cli.features.columns import draw_labelling
from plurel_cli.features.degenerate import is_degenerate, is_one_label, is_one_sided
from plurel_cli.features.engine.causes import as_cause
from plurel_cli.features.engine.draws import NodeDraws, attempt_stream
from plurel_cli.features.engine.fits import NodeFit, TableFit
from plurel_cli.features.engine.known import Known
from plurel_cli.features.engine.sample import Sample
from plurel_cli.features.graph import CHILDREN
from plurel_cli.features.nodes import Given, NodeModel, Values, draw_source, make_mechanised
from plurel_cli.features.sources.settings import SeriesConfig
from plurel_cli.features.time_sources.draw import TimeSources
from plurel_cli.schema.causal import CausalNode


@dataclass(frozen=True)
class Attempt:
    """What an attempt at a node has given.

    Attributes
    ----------
    fit
        The node's fit, if the attempt is the last.
    values
        Its values at the reference rows.
    is_fine
        Whether it may be the last.
    """

    fit: NodeFit
    values: Values
    is_fine: bool


class Attempts:
    """Makes attempts at nodes.

    Parameters
    ----------
    known
        Values that are there.
    draws
        What is drawn for the nodes of each table.
    times, mixtures
        What is of a row's time, and the components of mixtures.
    series
        Settings of sources that are series, by table.
    """

    def __init__(
        self,
        known: Known,
        draws: Mapping[str, NodeDraws],
        times: TimeSources,
        mixtures: Mixtures,
        series: Mapping[str, SeriesConfig],
    ) -> None:
        self._known, self._draws = known, draws
        self._times, self._mixtures, self._series = times, mixtures, series

    def first(self, fit: TableFit, j: int, attempt: int, before: NodeFit) -> Attempt:
        """An attempt at a node whose fit is not there yet.

        Parameters
        ----------
        fit, j
            Its table, and the node.
        attempt
            Which attempt, from 0.
        before
            What the attempts before have left.
        """
        made = self._made(fit, j, attempt, replace(before, scales={}))
        judged = _judged(fit, j, attempt, made.fit, made.values)
        return replace(judged, is_fine=judged.is_fine and made.is_fine)

    def again(self, fit: TableFit, j: int, before: NodeFit) -> tuple[NodeFit, Values]:
        """The last attempt at a node once more, when its causes have changed; all that was found
        by its reference sample stays.

        Parameters
        ----------
        fit, j
            Its table, and the node.
        before
            The node's fit.
        """
        made = self._made(fit, j, before.node.attempt, before)
        return made.fit, made.values

    def _made(self, fit: TableFit, j: int, attempt: int, before: NodeFit) -> Attempt:
        """A model and its values; scales are kept where they are there."""
        seen, node = self._known.seen(fit), before.node
        if (budget := node.budget) is None:
            node, model = self._drawn(fit, j, attempt, node)
            return Attempt(replace(before, node=node, model=model), model(seen), is_fine=True)
        given, values = None, None
        if of_graph(budget):
            node, given = self._drawn(fit, j, attempt, node)
            values = given(seen)
        mixing = Mixing(
            fit.table,
            fit.nodes,
            j,
            fit.keys,
            seen,
            lambda gathered: self._known.gathered(gathered, fit.table),
        )
        mixed, scales = self._mixtures.mixed(mixing, given, values, before.scales)
        fitted = replace(before, node=node, model=mixed, scales=scales)
        return Attempt(fitted, mixed.of(values, seen), mixed.is_fine)

    def _drawn(
        self, fit: TableFit, j: int, attempt: int, node: CausalNode
    ) -> tuple[CausalNode, NodeModel]:
        """What the causal graph makes of a node, and the node, which may have become another."""
        if node.source == CHILDREN:
            assert node.gathered is not None  # noqa: S101 (its source says so)
            return node, Given(self._known.gathered(node.gathered, fit.table))
        if node.time is not None:
            if attempt == 0:
                return node, self._times.source(fit.table, node.time, fit.keys, fit.reference)
            node = node.but(source=node.time.instead, time=None)
        if not node.causes:
            stream = attempt_stream(fit, j, attempt)
            series = self._series[fit.table.name]
            return node, draw_source(node, fit.table, fit.is_category(j), series, stream)
        causes = [
            as_cause(fit, cause, family)
            for cause, family in zip(node.causes, node.mechanisms, strict=False)
        ]
        draws = self._draws[fit.table.name]
        drawn = draws.mechanisms(j, attempt)
        return node, make_mechanised(node, causes, drawn, draws.noise(j))


def _judged(fit: TableFit, j: int, attempt: int, before: NodeFit, values: Values) -> Attempt:
    """An attempt with the sample and cut of its values; what is not finite is made so."""
    node = before.node
    if fit.is_category(j):
        is_fine = node.column is None or not is_one_sided(values, node.categories or 2)
        return Attempt(before, values, is_fine)
    if node.column is None:
        is_fine = math.isfinite(values.min()) and math.isfinite(values.max())
        if not is_fine:
            np.nan_to_num(values, copy=False)
        return Attempt(replace(before, sample=Sample(values, is_ordered=False)), values, is_fine)
    ordered = np.sort(values)
    if not (math.isfinite(ordered[0]) and math.isfinite(ordered[-1])):
        np.nan_to_num(values, copy=False)
        sample = Sample(np.sort(values), is_ordered=True)
        return Attempt(replace(before, sample=sample), values, is_fine=False)
    found = replace(before, sample=Sample(ordered, is_ordered=True))
    is_fine = not is_degenerate(ordered)
    if node.kind == "categorical":
        stream = attempt_stream(fit, j, attempt).child("labels")
        labelling = draw_labelling(ordered, node.categories or 2, fit.settings, stream)
        found = replace(found, labelling=labelling)
        is_fine = is_fine and not is_one_label(ordered, labelling.boundaries)
    return Attempt(found, values, is_fine)
