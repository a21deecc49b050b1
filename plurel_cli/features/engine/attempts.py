"""One attempt at a node: its model is drawn, computed on the reference rows, and judged.

An attempt is fine if its numbers are finite and do differ, and its categories are more than one;
all that is found on the way goes into the node's fit.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from plurel_cli.features.budget.effects import Labelled
from plurel_cli.features.budget.mixtures import Mixing, Mixtures
from plurel_cli.features.degenerate import has_shares, is_degenerate, is_one_label, is_one_sided
from plurel_cli.features.encoders import Cause, Floats
from plurel_cli.features.engine.changed import replace
from plurel_cli.features.engine.fits import NodeFit, Sample, TableFit
from plurel_cli.features.engine.values import Known
from plurel_cli.features.gathering import GatheredRecord
from plurel_cli.features.labels import draw_labelling, lens_labelling
from plurel_cli.features.mechanisms import is_by_grid
from plurel_cli.features.nodes import NodeModel, Values
from plurel_cli.features.roles.draws import NodeDraws, attempt_stream
from plurel_cli.features.roles.node import NodeVariable
from plurel_cli.features.sources.settings import SeriesConfig
from plurel_cli.features.time_sources import TimeSourceRecord
from plurel_cli.features.time_sources.draw import TimeSources
from plurel_cli.lenses.labels import CategoryLens
from plurel_cli.numerics.ordering import in_order
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Variable

Causes: TypeAlias = dict[tuple[int, bool], Cause]
"""What nodes of a table are to others of their row, by whether they act by a grid."""


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
    given
        What computes what the causal graph makes of it.
    """

    fit: NodeFit
    values: Values
    is_fine: bool
    given: NodeModel | None = None


class Attempts:
    """Makes attempts at nodes.

    Parameters
    ----------
    known
        Values that are there.
    draws
        What is drawn for nodes of each table together.
    times, mixtures
        What is of a row's time, and the components of mixtures.
    """

    def __init__(
        self,
        known: Known,
        draws: Mapping[str, NodeDraws],
        times: TimeSources,
        mixtures: Mixtures,
    ) -> None:
        self._known, self._draws = known, draws
        self._times, self._mixtures = times, mixtures
        self._causes: defaultdict[str, Causes] = defaultdict(dict)

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

        Returns
        -------
        Attempt
        """
        anew = replace(before, scales={}) if before.scales else before
        made = self._made(fit, j, attempt, anew)
        judged = _judged(fit, j, attempt, made.fit, made.values)
        return replace(judged, is_fine=judged.is_fine and made.is_fine, given=made.given)

    def again(self, fit: TableFit, j: int, before: NodeFit) -> tuple[NodeFit, Values]:
        """The last attempt at a node once more, when its causes have changed; all that was found
        by its reference sample stays.

        Parameters
        ----------
        fit, j
            Its table, and the node.
        before
            The node's fit.

        Returns
        -------
        tuple[NodeFit, Values]
            The fit with a new model, and the values of the reference rows.
        """
        made = self._made(fit, j, before.node.attempt, before)
        return made.fit, made.values

    def _made(self, fit: TableFit, j: int, attempt: int, before: NodeFit) -> Attempt:
        """A model and its values; scales are kept where they are there."""
        seen, node = self._known.seen(fit), before.node
        assert isinstance(node, NodeVariable)  # noqa: S101 (as all that are drawn and have values)
        draws, series = self._draws[fit.table.name], fit.settings.of_column(node.column).series
        node, model = node.model(
            _NodeAttempt(
                self._known,
                self._times,
                fit,
                draws,
                series,
                j,
                attempt,
                self._causes[fit.table.name],
            )
        )
        values = None if model is None else model(seen)
        if node.budget is None:
            assert values is not None  # noqa: S101 (it has to come from something)
            fitted = replace(before, node=node, model=model)
            return Attempt(fitted, values, is_fine=True, given=model)
        mixing = Mixing(
            fit.table,
            fit.nodes,
            j,
            fit.keys,
            seen,
            lambda gathered, as_written: self._known.gathered(
                gathered, fit.table, as_written=as_written
            ),
            _Others(self._known, fit),
        )
        mixed, scales = self._mixtures.mixed(mixing, model, values, before.scales)
        fitted = replace(before, node=node, model=mixed, scales=scales)
        return Attempt(fitted, mixed.of(values, seen), mixed.is_fine, model)


@dataclass(frozen=True)
class _Others:
    """Other variables of the database, for a node of a table."""

    known: Known
    fit: TableFit

    def labelled(self, variable: Variable) -> Labelled | None:
        fit = self.known.table(variable.table)
        fitted = fit.fits[variable.node]
        if fitted.node.kind != "categorical":
            return None
        lens = fit.lens(fitted.node)
        is_ordered = isinstance(lens, CategoryLens) and lens.rises
        # Of other tables all values are labels already.
        is_own = variable.table == self.fit.table.name
        as_label = fitted.as_column if is_own else _as_it_is
        return Labelled(fitted.node.categories or 2, is_ordered, as_label)

    def whole(self, variable: Variable) -> Values:
        return self.known.whole(self.known.table(variable.table), variable.node)


def _as_it_is(values: Values) -> Values:
    return values


@dataclass(frozen=True)
class _NodeAttempt:
    """One attempt at a node, for its role."""

    known: Known
    times: TimeSources
    fit: TableFit
    draws: NodeDraws
    series: SeriesConfig
    node: int
    attempt: int
    causes: Causes

    @property
    def table(self) -> Table:
        return self.fit.table

    @property
    def stream(self) -> Stream:
        return attempt_stream(self.fit.stream, self.node, self.attempt)

    @property
    def is_category(self) -> bool:
        return self.fit.is_category(self.node)

    def cause(self, node: int, family: str) -> Cause:
        index = node, is_by_grid(family)
        if index not in self.causes:
            self.causes[index] = self.fit.cause(node, family)
        return self.causes[index]

    def of_time(self, time: TimeSourceRecord) -> NodeModel:
        return self.times.source(self.table, time, self.fit.keys, self.fit.reference)

    def gathered(self, gathered: GatheredRecord) -> Floats:
        return self.known.gathered(gathered, self.table)


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
    ordered = in_order(values)
    if not (math.isfinite(ordered[0]) and math.isfinite(ordered[-1])):
        np.nan_to_num(values, copy=False)
        sample = Sample(in_order(values), is_ordered=True)
        return Attempt(replace(before, sample=sample), values, is_fine=False)
    fitted = replace(before, sample=Sample(ordered, is_ordered=True))
    is_fine = not is_degenerate(ordered)
    if node.kind == "categorical":
        stream = attempt_stream(fit.stream, j, attempt).child("labels")
        settings, lens = fit.settings.of_column(node.column).scm, fit.lens(node)
        if isinstance(lens, CategoryLens):
            labelling = lens_labelling(ordered, lens, settings, stream)
        else:
            labelling = draw_labelling(ordered, node.categories or 2, settings, stream)
        fitted = replace(fitted, labelling=labelling)
        if isinstance(lens, CategoryLens) and lens.shares is not None:
            shares = np.array(lens.shares).take(labelling.relabelled)
            is_fine = has_shares(ordered, labelling.boundaries, shares)
        else:
            is_fine = is_fine and not is_one_label(ordered, labelling.boundaries)
    return Attempt(fitted, values, is_fine)
