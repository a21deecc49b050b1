"""A fit under way: what comes over foreign keys, and nodes, attempt by attempt.

What is found goes into the fits of tables, which everybody else sees read-only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np

from plurel_cli.features.acting import Probe
from plurel_cli.features.budget.mixtures import Mixtures
from plurel_cli.features.engine.attempts import Attempts
from plurel_cli.features.engine.causes import referenced_rows
from plurel_cli.features.engine.changed import replace
from plurel_cli.features.engine.fits import NodeFit, TableFit
from plurel_cli.features.engine.values import Computing, Known
from plurel_cli.features.nodes import Held, Values
from plurel_cli.features.roles.draws import NodeDraws
from plurel_cli.features.roles.node import NodeVariable
from plurel_cli.features.streams import reference_stream
from plurel_cli.features.time_sources.draw import TimeSources
from plurel_cli.features.transforms import transforms
from plurel_cli.features.transforms.marginals import ByRank
from plurel_cli.features.variables import (
    ReferenceVertex,
    Vertex,
)
from plurel_cli.lenses.numbers import NumberLens
from plurel_cli.lenses.times import TimeLens
from plurel_cli.schema.causal import ParentCauses
from plurel_cli.schema.model import Schema
from plurel_cli.schema.variable import Variable

MOST_ATTEMPTS = 8
"""How often a node's mechanisms are drawn before a degenerate one is kept."""


@dataclass(frozen=True)
class Surroundings:
    """What a fit builds on and does not change.

    Attributes
    ----------
    schema
        A database with its keys planned.
    order
        Its variables, each after all it depends on.
    times, mixtures
        What is of a row's time, and the components of mixtures.
    """

    schema: Schema
    order: tuple[Vertex, ...]
    times: TimeSources
    mixtures: Mixtures


class Probes(dict[int, Probe]):
    """Values of the nodes of a table that are fitted, each made when it is asked for.

    Parameters
    ----------
    fit
        The table.
    seen
        Values of its reference rows.
    """

    def __init__(self, fit: TableFit, seen: Computing) -> None:
        super().__init__()
        self._fit, self._seen = fit, seen

    def __missing__(self, j: int) -> Probe:
        fit = self._fit
        values, sample, categories = self._seen.values[j], fit.fits[j].sample, fit.categories(j)
        if categories is not None or sample is None:
            probe = Probe.of_category(values, categories or 1)
        else:
            probe = Probe.of_number(values, sample.ordered, partial(fit.grid, j))
        self[j] = probe
        return probe


class Work:
    """A fit under way.

    Parameters
    ----------
    around
        What it builds on.
    tables
        What is fitted of each table so far.
    """

    def __init__(self, around: Surroundings, tables: Mapping[str, TableFit]) -> None:
        self.around = around
        self._probes: dict[str, Probes] = {}
        self.fits = {name: dict(fit.fits) for name, fit in tables.items()}
        self.references = {name: dict(fit.references) for name, fit in tables.items()}
        self.tables = {
            name: replace(
                fit,
                fits=MappingProxyType(self.fits[name]),
                references=MappingProxyType(self.references[name]),
            )
            for name, fit in tables.items()
        }
        self.draws = {
            name: NodeDraws(fit.graph, fit.plain, fit.settings, fit.stream)
            for name, fit in self.tables.items()
        }

    def attempts(self, known: Known) -> Attempts:
        """What makes attempts at nodes, from the values that are there."""
        around = self.around
        return Attempts(known, self.draws, around.times, around.mixtures)

    def refer(self, vertex: ReferenceVertex, known: Known) -> None:
        """Put together what comes over a foreign key.

        Parameters
        ----------
        vertex
            Which.
        known
            Values that are there, those of the columns referred to as they were fitted.
        """
        acting, parent = self._referenced(vertex)
        probes = self._probes_of(parent, known.seen(parent))
        levels = [
            probes[node].levels
            if parent.is_small and parent.fits[node].sample is not None
            else None
            for node in acting.nodes
        ]
        self._refer(vertex, known, levels)

    def refer_again(self, vertex: ReferenceVertex, known: Known) -> None:
        """Put together what comes over a foreign key, the columns referred to having changed.

        Parameters
        ----------
        vertex
            Which.
        known
            Values that are there.
        """
        acting, _ = self._referenced(vertex)
        self._refer(vertex, known, [None] * len(acting.nodes))

    def _referenced(self, vertex: ReferenceVertex) -> tuple[ParentCauses, TableFit]:
        """What acts over a foreign key, and the table that it refers to."""
        parents = self.tables[vertex.table].graph.parents
        (acting,) = (p for p in parents if p.foreign_key == vertex.foreign_key)
        return acting, self.tables[acting.table]

    def _refer(
        self, vertex: ReferenceVertex, known: Known, levels: Sequence[Values | None]
    ) -> None:
        fit = self.tables[vertex.table]
        acting, parent = self._referenced(vertex)
        column = next(c for c in fit.table.foreign_keys if c.name == vertex.foreign_key)
        values = [known.whole(parent, node) for node in acting.nodes]
        stream = reference_stream(self.around.schema, fit.table, column)
        rows = referenced_rows(fit, parent, acting, values, levels, stream)
        self.references[vertex.table][vertex.foreign_key] = rows

    def fit(self, vertex: Variable, attempts: Attempts, known: Known) -> None:
        """Make attempts at a node until one is fine.

        Parameters
        ----------
        vertex
            The node.
        attempts
            What makes attempts.
        known
            Values that are there, to which those of the node are added.
        """
        fit, j = self.tables[vertex.table], vertex.node
        fitted = NodeFit(fit.graph.nodes[j])
        for attempt in range(MOST_ATTEMPTS):
            made = attempts.first(fit, j, attempt, fitted)
            fitted = made.fit
            if made.is_fine:
                break
        seen = known.seen(fit)
        node = fitted.node
        assert isinstance(node, NodeVariable)  # noqa: S101 (attempts were made at it)
        settled = node.settled(made.given, seen, self._probes_of(fit, seen)) if node.of_row else {}
        seen.values[j] = made.values
        self.draws[vertex.table].forget(j)
        if attempt > 0 or fitted.labelling is not None:
            boundaries = fitted.labelling and tuple(fitted.labelling.boundaries.tolist())
            settled = {**settled, "attempt": attempt, "boundaries": boundaries}
        model = None if fit.is_small else fitted.model
        fitted = replace(fitted, node=node.but(**settled) if settled else node, model=model)
        lens = fit.lens(fitted.node)
        if isinstance(lens, NumberLens | TimeLens) and fitted.sample is not None:
            fitted = replace(fitted, transform=ByRank(fitted.sample.ordered, lens, np.float64))
        elif fitted.node.transform is not None and fitted.sample is not None:
            transform = transforms[fitted.node.transform].function
            generator = fit.stream.child("node", j, "transform").generator()
            rows = transform(fitted.sample.ordered, fit.table.rows, generator)
            fitted = replace(fitted, transform=rows)
        self.fits[vertex.table][j] = fitted

    def _probes_of(self, fit: TableFit, seen: Computing) -> Probes:
        """Values of nodes that are fitted, to see on what they act."""
        if fit.table.name not in self._probes:
            self._probes[fit.table.name] = Probes(fit, seen)
        return self._probes[fit.table.name]

    def fit_again(
        self, vertex: Variable, attempts: Attempts, known: Known, held: float | None
    ) -> None:
        """Hold a node at a value, or put it together again, its causes having changed.

        Parameters
        ----------
        vertex
            The node.
        attempts
            What makes attempts.
        known
            Values that are there, to which those of the node are added.
        held
            The value, if it is held.
        """
        fit, j = self.tables[vertex.table], vertex.node
        seen, fitted = known.seen(fit), fit.fits[j]
        if held is None:
            fitted, values = attempts.again(fit, j, fitted)
        else:
            model = Held(held, np.int32 if fit.is_category(j) else np.float32)
            fitted, values = replace(fitted, model=model, held=held), model(seen)
        seen.values[j] = values
        self.fits[vertex.table][j] = fitted
        self.draws[vertex.table].forget(j)

    def put_together(self, vertex: Variable, attempts: Attempts) -> None:
        """Put the model of a node together again, since its table has further rows.

        Parameters
        ----------
        vertex
            The node.
        attempts
            What makes attempts.
        """
        fit, j = self.tables[vertex.table], vertex.node
        self.fits[vertex.table][j] = attempts.again(fit, j, fit.fits[j])[0]
        self.draws[vertex.table].forget(j)
