"""Statistics of skill: what tells a column, and by how much more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plurel_cli.measure.dependence.children import aggregates
from plurel_cli.measure.dependence.database import (
    MOST_TARGET_ROWS,
    Subject,
    Target,
    chosen,
    gathered,
    generator,
    some,
)
from plurel_cli.measure.dependence.history import history
from plurel_cli.measure.dependence.likeness import explained, families, net_likeness
from plurel_cli.measure.dependence.nulls import LEAST_RATE, TOGETHER, phi
from plurel_cli.measure.dependence.skill import auc, folds, gain, grouped_folds, out_of_fold
from plurel_cli.measure.dependence.variables import LEAST_UNITS, MeasuredVariable
from plurel_cli.measure.family import Values, mean, median, numbers, share
from plurel_cli.measure.view import MeasuredKey

Doubles = NDArray[np.float64]

NOISE = 0.05
"""A column with less skill is told by nothing."""

_ALIKE = 0.1
_LEAST_PARENTS = 60
_LEAST_NULLS = 20
_MOST_NULL_COLUMNS = 6


@dataclass(frozen=True)
class TargetSkill:
    """How well a column can be told, and by how much better with more than its row.

    Attributes
    ----------
    table, column
        The column.
    own
        Skill given the other columns of the row.
    given
        Skill given those and the rows that it refers to; None of a table without references.
    parents, children, history
        What rows that it refers to, rows that refer to it, and earlier rows of the same parents add
        to the skill; None where there are none. Of history, what is gained with keys permuted is
        taken off.
    """

    table: str
    column: str
    own: float
    given: float | None
    parents: float | None
    children: float | None
    history: float | None


def told(subject: Subject) -> Iterator[TargetSkill]:
    """How well each target can be told.

    Parameters
    ----------
    subject
        The database.

    Yields
    ------
    TargetSkill
    """
    for target in subject.targets:
        table = target.variable.table
        features = subject.own(target)
        alone = target.skill(features)
        given = parents = children = memory = None
        if subject.keys_of(table):
            given = target.skill(np.hstack((features, subject.referenced(target))))
            parents = gain(given, alone)
            if table in subject.view.times:
                memory = _memory(subject, target, features, alone)
        if subject.keys_to(table):
            with_children = target.skill(np.hstack((features, _of_children(subject, target))))
            children = gain(with_children, alone)
        yield TargetSkill(table, target.variable.name, alone, given, parents, children, memory)


def skills(subject: Subject) -> Values:
    """Statistics of what rows, referenced rows, children and earlier rows tell.

    Parameters
    ----------
    subject
        The database.
    """
    every = list(told(subject))
    by_row = [one.own for one in every]
    given = [one.given for one in every if one.given is not None]
    child_gains = [one.children for one in every if one.children is not None]
    return {
        "own_r2": median(by_row, LEAST_UNITS),
        "own_noise": share((skill < NOISE for skill in by_row), LEAST_UNITS),
        "noise_given_parents": share((skill < NOISE for skill in given), LEAST_UNITS),
        "parent_lift_mean": mean(numbers(one.parents for one in every), LEAST_UNITS),
        "child_lift_share": share((value > NOISE for value in child_gains), LEAST_UNITS),
        "history_net": mean(numbers(one.history for one in every), LEAST_UNITS),
    }


def _of_children(subject: Subject, target: Target) -> Doubles:
    parts = [
        aggregates(key, subject.variables[key.child])[target.rows]
        for key in subject.keys_to(target.variable.table)
    ]
    return np.hstack(parts)


def _memory(subject: Subject, target: Target, features: Doubles, alone: float) -> float:
    """Gain from the parents' earlier rows, minus what is gained with the keys permuted."""
    variable = target.variable
    gained = gain(target.skill(np.hstack((features, _earlier(subject, target)))), alone)
    draws = generator("history", variable.table, variable.name)
    order = draws.permutation(variable.values.size)
    other = _earlier(subject, target, order)
    return gained - max(gain(target.skill(np.hstack((features, other))), alone), 0.0)


def _earlier(subject: Subject, target: Target, order: NDArray[np.int64] | None = None) -> Doubles:
    variable = target.variable
    times = subject.view.times[variable.table]
    last = variable.scores if variable.is_number else variable.values
    parts = [
        history(key.keys if order is None else key.keys[order], times, last, variable.scores)
        for key in subject.keys_of(variable.table)
    ]
    return np.hstack(parts)[target.rows]


def explained_by_parents(subject: Subject) -> Values:
    """How much of siblings' likeness their parent's columns explain.

    Parameters
    ----------
    subject
        The database.
    """
    return {"between_explained": median(_explained(subject), LEAST_UNITS)}


def _explained(subject: Subject) -> Iterator[float]:
    for target in subject.targets:
        for key in subject.keys_of(target.variable.table):
            if not key.is_self and subject.matrices[key.parent].shape[1]:
                value = _one_explained(subject, target.variable, key)
                if value is not None:
                    yield value


def _one_explained(subject: Subject, variable: MeasuredVariable, key: MeasuredKey) -> float | None:
    draws = generator("explained", variable.table, variable.name, key.column)
    if not net_likeness(variable, key.keys, draws) > _ALIKE:
        return None
    rows = families(key.keys, ~variable.is_null, draws)
    parents = np.unique(key.keys[rows])
    mean_size = rows.size / parents.size
    kept = some(parents, max(int(MOST_TARGET_ROWS / mean_size), _LEAST_PARENTS), draws)
    if kept.size < _LEAST_PARENTS:
        return None
    rows = rows[np.isin(key.keys[rows], kept)]
    groups, scores = key.keys[rows], variable.scores[rows]
    features = gathered(subject.matrices[key.parent], groups)
    predictions = out_of_fold(features, scores, grouped_folds(groups, draws), "regression")
    return explained(scores, predictions, groups)


def told_nulls(subject: Subject) -> Values:
    """How well the other values of a row tell that one is null.

    Parameters
    ----------
    subject
        The database.
    """
    areas = []
    for table, variables in subject.variables.items():
        nullable = [variable for variable in variables if _is_nullable(variable)]
        draws = generator("nulls", table)
        for variable in chosen(nullable, _MOST_NULL_COLUMNS, draws):
            value = _one_auc(subject, variable)
            if value is not None:
                areas.append(value)
    return {"missing_auc_values": median(areas, LEAST_UNITS)}


def _is_nullable(variable: MeasuredVariable) -> bool:
    n, n_null = variable.is_null.size, int(variable.is_null.sum())
    return n_null >= max(LEAST_RATE * n, _LEAST_NULLS) and n - n_null >= _LEAST_NULLS


def _one_auc(subject: Subject, variable: MeasuredVariable) -> float | None:
    variables = subject.variables[variable.table]
    together = phi(np.column_stack([other.is_null for other in variables]))
    place = next(j for j, other in enumerate(variables) if other.name == variable.name)
    others = [j for j in range(len(variables)) if j != place and together[place, j] <= TOGETHER]
    draws = generator("null", variable.table, variable.name)
    rows = some(np.arange(variable.values.size), MOST_TARGET_ROWS, draws)
    truth = variable.is_null[rows]
    if not others or truth.all() or not truth.any():
        return None
    features = subject.matrices[variable.table][rows][:, others]
    predictions = out_of_fold(features, truth.astype(float), folds(rows.size, draws), "binary")
    return auc(predictions, truth)
