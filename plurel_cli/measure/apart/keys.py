"""What a foreign key looks like: fan-out, the order of its references, and lags behind parents.

References are row numbers of the parent, in row order and without nulls; 30 must be there.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from plurel_cli.measure.apart.columns import Statistics, correlation
from plurel_cli.measure.connectivity import run_lift
from plurel_cli.measure.view import MeasuredKey, share_of

Ints = NDArray[np.int64]

LEAST_REFERENCES = 30
_MORE_THAN_PAIRS = 20
_SECOND = 1_000_000_000
_DAY_S = 86_400

STATISTICS = (
    *("timedparent", "timedchild", "null", "ratio", "childless", "maxmean", "cvnz", "one", "mednz"),
    *("run", "monotone", "order", "dist", "both", "lag0", "lagday", "lagmed", "before"),
)


def key_statistics(key: MeasuredKey) -> Statistics | None:
    """Statistics of one foreign key, None where it has too few references."""
    references = key.references
    if references.size < LEAST_REFERENCES:
        return None
    return {
        "timedparent": float(key.parent_times is not None),
        "timedchild": float(key.child_times is not None),
        "null": 1 - references.size / key.keys.size,
        "ratio": math.log(key.keys.size / key.n_parents),
        **fan_out_statistics(key.fan_out),
        "run": run_lift(references),
        "monotone": share_of(references[1:] >= references[:-1]),
        "order": _order(references),
        "dist": float(np.abs(np.diff(references)).mean()) / key.n_parents,
        **lag_statistics(key),
    }


def fan_out_statistics(fan_out: Ints) -> Statistics:
    """Parents without children, the largest fan-out, and how the others are spread."""
    some = fan_out[fan_out > 0]
    return {
        "childless": 1 - some.size / fan_out.size,
        "maxmean": math.log(fan_out.max() / fan_out.mean()),
        "cvnz": float(some.std() / some.mean()),
        "one": share_of(some == 1),
        "mednz": float(np.median(some) / some.mean()),
    }


def _order(references: Ints) -> float:
    rows = np.arange(references.size, dtype=np.float64)
    order = correlation(references.astype(np.float64), rows)
    return 0.0 if math.isnan(order) else order


def lag_statistics(key: MeasuredKey) -> Statistics:
    """Time from the parent to the child, where both have one in more than 20 rows.

    Notes
    -----
    In whole seconds, rounded down. `lagmed` is the median lag over the span from the
    earliest to the latest time on either end.
    """
    children, parents = key.both_timed
    if children.size <= _MORE_THAN_PAIRS:
        return {"both": 0.0}
    lags = _seconds(children - parents)
    span = max(children.max(), parents.max()) - min(children.min(), parents.min())
    return {
        "both": 1.0,
        "lag0": share_of(lags == 0),
        "lagday": share_of(np.abs(lags) < _DAY_S),
        "lagmed": float(np.median(lags)) / max(int(span) // _SECOND, 1),
        "before": share_of(lags < 0),
    }


def _seconds(nanoseconds: Ints) -> Ints:
    """Whole seconds, negative ones rounded down."""
    return np.asarray(nanoseconds // _SECOND)
