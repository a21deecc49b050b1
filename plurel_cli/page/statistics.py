"""Statistics beside those of real databases: a strip on which each lies where it is among these."""

from __future__ import annotations

from typing import Any

from plurel_cli.charts.chart import Chart
from plurel_cli.measure.corpus import Comparison, Judged
from plurel_cli.measure.reference import N_DATABASES


def statistics_chart(comparison: Comparison) -> dict[str, Any]:
    """The statistics of a database, or the medians of a corpus, as numbers and as a strip."""
    judged = [one for one in comparison.judged if one.ours and one.theirs]
    values = [one.ours.median for one in judged if one.ours]
    chart = Chart(
        "strip",
        "Statistics, each on the spread of real ones",
        {
            "what": [one.what for one in judged],
            "from": [25] * len(judged),
            "to": [75] * len(judged),
            "place": [
                round(place_of_value(one, value), 2)
                for one, value in zip(judged, values, strict=True)
            ],
            "inside": ["inside" if one.is_inside else "outside" for one in judged],
            "value": values,
            "q25": [one.theirs.q25 for one in judged if one.theirs],
            "median": [one.theirs.median for one in judged if one.theirs],
            "q75": [one.theirs.q75 for one in judged if one.theirs],
        },
    )
    return {
        "inside": comparison.n_inside,
        "of": len(comparison.judged),
        "databases": N_DATABASES,
        "chart": chart.as_dict(),
        "judged": [
            {
                "name": one.name,
                "what": one.what,
                "value": one.ours.median if one.ours else None,
                "q25": one.theirs.q25 if one.theirs else None,
                "median": one.theirs.median if one.theirs else None,
                "q75": one.theirs.q75 if one.theirs else None,
                "inside": one.is_inside,
            }
            for one in comparison.judged
        ],
    }


def place_of_value(judged: Judged, value: float) -> float:
    """Where a value is on the spread of real ones: 0 at the least, 50 at the median, 100 at the
    largest, straight between quartiles, and −5 or 105 beyond; of equal quartiles in their middle.

    Parameters
    ----------
    judged
        A statistic with real values.
    value
        One of it.

    Returns
    -------
    float
    """
    real = judged.theirs
    assert real is not None  # noqa: S101 (asked of those that have some)
    ends = (real.min, real.q25, real.median, real.q75, real.max)
    if value < ends[0]:
        return -5.0
    if value > ends[-1]:
        return 105.0
    equal = [i for i, end in enumerate(ends) if end == value]
    if equal:
        middle = 12.5 * (equal[0] + equal[-1])
        return min(max(middle, 25.0), 75.0) if real.q25 <= value <= real.q75 else middle
    i = next(i for i, end in enumerate(ends) if end > value) - 1
    return 25.0 * (i + (value - ends[i]) / (ends[i + 1] - ends[i]))
