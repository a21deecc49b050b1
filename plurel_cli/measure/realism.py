"""The 34 statistics of what a database looks like: times, fan-outs, references, schema, columns.

A database's value is the median over its time columns of at least 500 times, or over its foreign
keys to other tables with at least 20 parents and 200 children; the schema's and the columns' are
taken over all of them. The last six are medians over foreign keys to parents with times, of at
least as many children. Those of the registry `statistics` are shown but not judged.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.random import Generator

from plurel_cli.measure import columns, connectivity, fanout, schema, time
from plurel_cli.measure.eligible import LEAST_BOTH_TIMED, Eligible, Ints
from plurel_cli.measure.family import Family, Values, mean, median, share
from plurel_cli.measure.reference import REALISM
from plurel_cli.measure.statistics import statistics
from plurel_cli.measure.view import NO_PARENT, NO_TIME, MeasuredKey, View
from plurel_cli.numerics.stream import Stream

_LEAST_PAIRED = 200
_LEAST_PAIRED_PARENTS = 10
_LEAST_MEAN_LIFETIME = 0.5


def _generator(purpose: str, *objects: str) -> Generator:
    """The same permutation whenever a database is measured."""
    return Stream(0).child("measure", purpose, *objects).numpy_generator()


def _over_times(of: Callable[[Ints], float]) -> Callable[[Eligible], float | None]:
    return lambda database: median(map(of, database.times))


def _over_fan_outs(of: Callable[[Ints], float]) -> Callable[[Eligible], float | None]:
    return lambda database: median(map(of, database.fan_outs))


def _childless(database: Eligible) -> float | None:
    return median(fanout.childless(key.fan_out) for key in database.keys)


def _lifetime_over_null(database: Eligible) -> float | None:
    return median(
        connectivity.lifetime_over_null(
            *key.timed, _generator("lifetime_over_null", key.child, key.column)
        )
        for key in database.keys
        if key.fan_out.mean() >= _LEAST_MEAN_LIFETIME
    )


def _run_lift(database: Eligible) -> float | None:
    return median(connectivity.run_lift(key.references) for key in database.keys)


def _nmi_excess(database: Eligible) -> float | None:
    return median(
        connectivity.nmi_excess(
            *pair, _generator("nmi_excess", one.child, one.column, other.column)
        )
        for one, other, pair in _pairs(database.view)
    )


def _pairs(view: View) -> Iterator[tuple[MeasuredKey, MeasuredKey, tuple[Ints, Ints]]]:
    """Pairs of foreign keys of a timed child, with their parents in time order."""
    for one, other in combinations(view.keys, 2):
        if one.child != other.child or one.child_times is None:
            continue
        times = one.child_times
        rows = np.flatnonzero(
            (one.keys != NO_PARENT) & (other.keys != NO_PARENT) & (times != NO_TIME)
        )
        rows = rows[np.argsort(times[rows], kind="stable")]
        a, b = one.keys[rows], other.keys[rows]
        n_parents = min(np.count_nonzero(np.bincount(keys)) for keys in (a, b))
        if rows.size >= _LEAST_PAIRED and n_parents >= _LEAST_PAIRED_PARENTS:
            yield one, other, (a, b)


def _parent_before_child(database: Eligible) -> float | None:
    pairs = (key.both_timed for key in database.view.keys if not key.is_self)
    return median(
        connectivity.parent_before_child(*pair)
        for pair in pairs
        if pair[0].size >= LEAST_BOTH_TIMED
    )


def _nullable_fk_share(database: Eligible) -> float | None:
    return share(rate > 0 for rate in database.null_rates)


def _null_rate_of_nullable(database: Eligible) -> float | None:
    return median(rate for rate in database.null_rates if rate > 0)


def _fks_both_timed(database: Eligible) -> float | None:
    return len(database.both_timed) / len(database.view.keys) if database.view.keys else None


def _self_refs(database: Eligible) -> float | None:
    return float(schema.self_references(database.edges))


def _fk_in_multi_share(database: Eligible) -> float | None:
    return schema.share_in_multiples(database.edges) if database.edges else None


def _depth(database: Eligible) -> float | None:
    return float(schema.depth(database.edges))


def _missing_mean(database: Eligible) -> float | None:
    return mean(database.missing)


def _missing_gt50(database: Eligible) -> float | None:
    return share(rate > 0.5 for rate in database.missing)


def _kurtosis(database: Eligible) -> float | None:
    return median(
        columns.excess_kurtosis(columns.known(feature.values).to_numpy())
        for feature, kind in zip(database.view.features, database.kinds, strict=True)
        if kind == "numeric"
    )


def _int_numeric(database: Eligible) -> float | None:
    return share(
        columns.holds_integers(feature.values)
        for feature, kind in zip(database.view.features, database.kinds, strict=True)
        if kind == "numeric"
    )


def _share_of(kind: columns.Kind) -> Callable[[Eligible], float | None]:
    return lambda database: share(other == kind for other in database.kinds)


def _cat_card(database: Eligible) -> float | None:
    return median(database.n_categories)


def _timed_parents(name: str) -> Callable[[Eligible], float | None]:
    return lambda database: median(each.get(name) for each in database.timed_parents)


def _timed_max_over_mean(database: Eligible) -> float | None:
    return median(math.exp(each["maxmean"]) for each in database.timed_parents)


def _words(sentence: str) -> str:
    """A sentence as the other statistics are described."""
    return sentence[:1].lower() + sentence[1:].removesuffix(".")


@dataclass(frozen=True)
class Statistic:
    """What a statistic says, and how it is computed."""

    what: str
    of: Callable[[Eligible], float | None]


STATISTICS: Mapping[str, Statistic] = {
    "B": Statistic("burstiness of a time column", _over_times(time.burstiness)),
    "ties": Statistic("consecutive times that are equal", _over_times(time.tied_share)),
    "fano_week": Statistic("variance/mean of rows a week", _over_times(time.weekly_fano)),
    "weekday_max_min": Statistic("busiest/quietest weekday", _over_times(time.weekday_ratio)),
    "hour_max_min": Statistic("busiest/quietest hour of day", _over_times(time.hour_ratio)),
    "last_over_first_half": Statistic(
        "rows in the second/first half of the span", _over_times(time.half_ratio)
    ),
    "dispersion": Statistic("variance/mean of fan-out", _over_fan_outs(fanout.dispersion)),
    "gini": Statistic("Gini coefficient of fan-out", _over_fan_outs(fanout.gini)),
    "max_over_mean": Statistic("largest/mean fan-out", _over_fan_outs(fanout.max_over_mean)),
    "childless": Statistic("parents with no child", _childless),
    "lifetime_over_null": Statistic(
        "time from first to last child, over that of shuffled times", _lifetime_over_null
    ),
    "run_lift": Statistic("consecutive children of one parent, less chance", _run_lift),
    "nmi_excess": Statistic("parents of one child alike in age, less chance", _nmi_excess),
    "parent_before_child": Statistic("children not before their parent", _parent_before_child),
    "nullable_fk_share": Statistic("foreign keys that hold nulls", _nullable_fk_share),
    "null_rate_of_nullable": Statistic("null rate of those", _null_rate_of_nullable),
    "fks_both_timed": Statistic("foreign keys with times on both ends", _fks_both_timed),
    "self_refs": Statistic("foreign keys from a table to itself", _self_refs),
    "fk_in_multi_share": Statistic(
        "foreign keys with a twin to the same parent", _fk_in_multi_share
    ),
    "depth": Statistic("longest path of the schema, in edges", _depth),
    "missing_mean": Statistic("mean missing rate of feature columns", _missing_mean),
    "missing_gt50": Statistic("columns more than half missing", _missing_gt50),
    "kurtosis": Statistic("median excess kurtosis of numbers", _kurtosis),
    "int_numeric": Statistic("numerical columns of whole numbers", _int_numeric),
    "share_categorical": Statistic("columns that are categories", _share_of("categorical")),
    "share_bool": Statistic("columns of two values", _share_of("boolean")),
    "share_text": Statistic("columns of free text", _share_of("text")),
    "cat_card": Statistic("median number of categories", _cat_card),
    "timed_childless": Statistic("parents with times and no child", _timed_parents("childless")),
    "timed_max_over_mean": Statistic("largest/mean fan-out of these keys", _timed_max_over_mean),
    "timed_sd_over_mean": Statistic(
        "deviation/mean of their fan-outs over 0", _timed_parents("cvnz")
    ),
    "timed_lag": Statistic("time after the parent, over the whole span", _timed_parents("lagmed")),
    "timed_within_day": Statistic(
        "children within a day of their parent", _timed_parents("lagday")
    ),
    "timed_in_order": Statistic("keys in order of the parent", _timed_parents("monotone")),
}
"""The 34, in the order they are shown."""

MORE: Mapping[str, Statistic] = {
    entry.name: Statistic(_words(entry.summary), entry.function) for entry in statistics
}
"""Shown, but not judged."""


def measure(view: View) -> Values:
    """Every statistic of one database.

    Examples
    --------
    >>> from plurel_cli import Config, generate
    >>> from plurel_cli.measure.view import view_of
    >>> database = generate(Config.model_validate({"schema": {"tables": 3}}), seed=1)
    >>> round(measure(view_of(database))["B"])  # evenly spaced
    -1
    """
    database = Eligible(view)
    return {name: statistic.of(database) for name, statistic in {**STATISTICS, **MORE}.items()}


FAMILY = Family(
    name="realism",
    statistics={name: statistic.what for name, statistic in STATISTICS.items()},
    more={name: statistic.what for name, statistic in MORE.items()},
    measure=measure,
    reference=REALISM,
)
