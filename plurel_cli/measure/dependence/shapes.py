"""Statistics that need no trees: siblings, pairs of columns, fan-out, order, nulls, textures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from plurel_cli.measure.dependence import degree, information, order, texture
from plurel_cli.measure.dependence.database import Subject, gathered, generator
from plurel_cli.measure.dependence.likeness import net_likeness
from plurel_cli.measure.dependence.nulls import LEAST_RATE, TOGETHER, phi
from plurel_cli.measure.dependence.variables import LEAST_UNITS, MeasuredVariable
from plurel_cli.measure.family import Values, mean, median, numbers, share

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_PAIRS = 5
LEAST_KEYS = 2

_ALIKE = 0.05
_INFORMATIVE = 0.02
_DRIFTING = 0.1
_NEW = 0.9
_FREQUENT = 0.1
_LEAST_PARENTS = 50
_LEAST_MEAN = 1.0


def siblings(subject: Subject) -> Values:
    """How alike the children of one parent are."""
    every: list[float] = []
    best: list[float] = []
    for table, variables in subject.variables.items():
        keys = [key for key in subject.keys_of(table) if not key.is_self]
        for variable in variables:
            if not variable.is_varied:
                continue
            likenesses = numbers(
                net_likeness(
                    variable, key.keys, generator("siblings", table, variable.name, key.column)
                )
                for key in keys
            )
            every += likenesses
            best += [max(likenesses)] if likenesses else []
    return {
        "sibling_all": median(every, LEAST_UNITS),
        "sibling_best_share05": share((value > _ALIKE for value in best), LEAST_UNITS),
    }


def pairs(subject: Subject) -> Values:
    """What columns of a row, and of the row it refers to, tell of each other."""
    near = np.concatenate([*_within(subject), np.empty(0)])
    far = np.concatenate([*_across(subject), np.empty(0)])
    near, far = near[~np.isnan(near)], far[~np.isnan(far)]
    return {
        "hop0_med": median(near.tolist(), LEAST_PAIRS),
        "hop1_share02": share((far > _INFORMATIVE).tolist(), LEAST_PAIRS),
    }


def _labels(variables: tuple[MeasuredVariable, ...]) -> Ints:
    return np.stack([variable.labels(information.N_LABELS) for variable in variables], axis=1)


def _varied(variables: tuple[MeasuredVariable, ...]) -> tuple[MeasuredVariable, ...]:
    return tuple(variable for variable in variables if variable.is_varied)


def _within(subject: Subject) -> Iterator[Doubles]:
    for table, all_variables in subject.sample.items():
        variables = _varied(all_variables)
        if len(variables) < 2:
            continue
        labels = _labels(variables)
        draws = generator("hop0", table)
        shuffled = draws.permuted(labels, axis=0)
        net = information.pairwise(labels, labels) - information.pairwise(shuffled, shuffled)
        yield net[np.triu_indices(len(variables), 1)]


def _across(subject: Subject) -> Iterator[Doubles]:
    for key in subject.keys:
        children = _varied(subject.sample[key.child])
        parents = _varied(subject.variables[key.parent])
        if not children or not parents:
            continue
        keys = key.keys[subject.sampled_rows(key.child)]
        one, other = _labels(children), _labels(parents)
        draws = generator("hop1", key.child, key.column)
        shuffled = draws.permutation(other, axis=0)
        observed = information.pairwise(one, _gathered_labels(other, keys))
        yield (observed - information.pairwise(one, _gathered_labels(shuffled, keys))).ravel()


def _gathered_labels(labels: Ints, keys: Ints) -> Ints:
    return np.nan_to_num(gathered(labels.astype(float), keys), nan=-1.0).astype(np.int64)


def fan_out(subject: Subject) -> Values:
    """How fan-out depends on a parent's columns."""
    couplings = [
        degree.coupling(
            subject.sample[key.parent],
            key.fan_out[subject.sampled_rows(key.parent)],
            generator("degree", key.child, key.column),
        )
        for key in subject.keys
        if key.n_parents >= _LEAST_PARENTS and key.fan_out.mean() >= _LEAST_MEAN
    ]
    return {"degree_coupling_nocount": median(couplings, LEAST_KEYS)}


def memory(subject: Subject) -> Values:
    """What depends on order in time."""
    drifts, shuffled = _drifts(subject)
    net = mean((value > _DRIFTING for value in drifts), LEAST_UNITS)
    if net is not None:
        net -= float(np.mean(np.array(shuffled) > _DRIFTING))
    lags = _lags(subject)
    new = numbers(
        order.share_of_new_parents(*key.timed)
        for key in subject.keys
        if key.child in subject.timed_tables
    )
    return {
        "time_drift_net": net,
        "lag1_within": median(lags[True], LEAST_UNITS),
        "lag1_within_cat": median(lags[False], LEAST_UNITS),
        "lag1_global": median(_autocorrelations(subject), LEAST_UNITS),
        "test_new_parents": median(new, LEAST_KEYS),
        "new_parents_event_share": share((value > _NEW for value in new), LEAST_KEYS),
    }


def _drifts(subject: Subject) -> tuple[list[float], list[float]]:
    """Drift of every column, and the same in random order."""
    drifts, shuffled = [], []
    for table in subject.timed_tables:
        draws = generator("drift", table)
        rows = order.in_time_order(subject.view.times[table], draws)
        other = draws.permutation(rows)
        for variable in _varied(subject.variables[table]):
            drifts.append(order.drift(variable, rows))
            shuffled.append(order.drift(variable, other))
    return numbers(drifts), numbers(shuffled)


def _lags(subject: Subject) -> dict[bool, list[float]]:
    """Memory within parents, of numbers (True) and of categories."""
    lags: dict[bool, list[float]] = {True: [], False: []}
    for key in subject.keys:
        if key.child_times is None:
            continue
        draws = generator("lag1", key.child, key.column)
        rows = order.histories(key.keys, key.child_times, draws)
        for variable in _varied(subject.variables[key.child]):
            value = order.net_lag1(variable, key.keys, rows, draws)
            lags[variable.is_number] += numbers([value])
    return lags


def _autocorrelations(subject: Subject) -> Iterator[float]:
    for table in subject.timed_tables:
        rows = order.in_time_order(subject.view.times[table], generator("lag1_global", table))
        for variable in _varied(subject.variables[table]):
            if variable.is_number:
                yield order.autocorrelation(variable.scores[rows])


def nulls(subject: Subject) -> Values:
    """Which columns hold nulls, and which are null together."""
    rates = [
        float(variable.is_null.mean()) for all_ in subject.sample.values() for variable in all_
    ]
    together: list[bool] = []
    for variables in subject.sample.values():
        nullable = [variable for variable in variables if LEAST_RATE <= variable.is_null.mean() < 1]
        if len(nullable) > 1:
            matrix = phi(np.column_stack([variable.is_null for variable in nullable]))
            together += (matrix[np.triu_indices(len(nullable), 1)] > TOGETHER).tolist()
    return {
        "cols_with_nulls": share((rate >= LEAST_RATE for rate in rates), LEAST_UNITS),
        "comissing": share(together, LEAST_UNITS),
    }


def textures(subject: Subject) -> Values:
    """Repeated values, zeros, correlations and repeated rows."""
    columns = [
        variable
        for variables in subject.sample.values()
        for variable in variables
        if texture.has_enough(variable)
    ]
    reals = [variable for variable in columns if variable.is_number]
    values = [variable.values[~variable.is_null] for variable in reals]
    correlations: list[float] = []
    ratios: list[float] = []
    for variables in subject.sample.values():
        several = [one for one in _varied(variables) if one.is_number and texture.has_enough(one)]
        if len(several) > 1:
            matrix = texture.spearman_matrix(several)
            correlations += np.abs(matrix[np.triu_indices(len(several), 1)]).tolist()
            ratios.append(texture.effective_rank(matrix) / len(several))
    repeated = [texture.repeated_rows(all_) for all_ in subject.sample.values() if all_]
    return {
        "top1_share": share((one.majority > _FREQUENT for one in reals), LEAST_UNITS),
        "zero_share": mean((float(np.mean(one == 0)) for one in values), LEAST_UNITS),
        "distinct_ratio": median((np.unique(one).size / one.size for one in values), LEAST_UNITS),
        "cat_majority": median((one.majority for one in columns if not one.is_number), LEAST_UNITS),
        "abs_spearman": median(correlations, LEAST_UNITS),
        "duplicate_rows": median(repeated),
        "eff_rank_ratio": median(ratios),
    }
