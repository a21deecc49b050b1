"""What rows of a source are like: parameters of their columns and keys, and none of their values.

Every figure is of ten rows or more and rounded to two digits. A number is told by the family of
distributions that is nearest to it; a label by its share, under a name made up; a key by how
unequal the numbers of children are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp, floor, log, log10, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.intake.demands import demands_of
from plurel_cli.intake.picture import Picture, SourceColumn, SourceTable
from plurel_cli.numerics.normal_quantile import normal_quantile

if TYPE_CHECKING:
    import polars as pl

Doubles = NDArray[np.float64]

LEAST = 10
"""Rows that any figure is of, at least."""

MOST_LABELS = 50
DAY = 86_400.0
_SHARES = np.arange(0.05, 0.96, 0.05)


@dataclass
class TableLikeness:
    """What the rows of a table are like.

    Attributes
    ----------
    nulls
        Share of nulls by column, where it is known.
    statements
        What is to be stated of columns: of a number its distribution, of a category its labels.
    keys
        What is to be stated of the connectivity of foreign keys, by column.
    causes
        Of a number: which other number of the row tells most of it, and what share, negative where
        it falls.
    months
        First and last month of its times, as `2019-03`.
    """

    nulls: dict[str, float] = field(default_factory=dict)
    statements: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    causes: dict[str, tuple[str, float]] = field(default_factory=dict)
    months: tuple[str, str] | None = None


def likeness_of(
    picture: Picture, frames: Mapping[str, pl.DataFrame], *, keep_labels: bool = False
) -> dict[str, TableLikeness]:
    """What the rows of a source are like.

    Parameters
    ----------
    picture
        The schema.
    frames
        The rows, by table.
    keep_labels
        Whether labels stay as they are.

    Returns
    -------
    dict
        By table.
    """
    likeness = {}
    for table in picture.tables:
        frame = frames[table.name]
        one = TableLikeness()
        numbers: dict[str, Doubles] = {}
        demands, _ = demands_of(table)
        keys = {name for r in table.references for name in r.columns} | {*table.primary_key}
        for column in table.columns:
            if column.name not in frame.columns or column.computed is not None:
                continue
            values = frame[column.name]
            _tell_nulls(one, column, values)
            if column.name not in keys:
                labels = demands[column.name].values
                column = (
                    column if labels is None else replace(column, labels=tuple(map(str, labels)))
                )
                _tell_values(one, column, values, numbers, keep_labels=keep_labels)
        _tell_causes(one, numbers)
        _tell_keys(one, table, frame, frames)
        likeness[table.name] = one
    return likeness


def rounded(value: float, digits: int = 2) -> float:
    """A number with so many significant digits.

    Parameters
    ----------
    value
        The number.
    digits
        How many.

    Returns
    -------
    float

    Examples
    --------
    >>> rounded(1234.5), rounded(0.0678)
    (1200.0, 0.068)
    """
    if value == 0 or not np.isfinite(value):
        return 0.0
    return float(round(value, digits - 1 - floor(log10(abs(value)))))


def _tell_nulls(one: TableLikeness, column: SourceColumn, values: pl.Series) -> None:
    n = values.null_count()
    if n == 0 and len(values) >= LEAST:
        one.nulls[column.name] = 0.0
    elif min(n, len(values) - n) >= LEAST:
        one.nulls[column.name] = rounded(n / len(values))


def _tell_values(
    one: TableLikeness,
    column: SourceColumn,
    values: pl.Series,
    numbers: dict[str, Doubles],
    *,
    keep_labels: bool,
) -> None:
    known = values.drop_nulls()
    if len(known) < 2 * LEAST:
        return
    match column.kind:
        case "integer" | "decimal" | "float" if known.dtype.is_numeric():
            floats = known.cast(_float64(), strict=False).to_numpy()
            numbers[column.name] = (
                values.cast(_float64(), strict=False).fill_null(np.nan).to_numpy()
            )
            one.statements[column.name] = _family(floats, is_whole=column.kind == "integer")
        case "boolean":
            share = float(known.cast(_float64(), strict=False).mean() or 0.0)  # type: ignore[arg-type]
            if LEAST <= share * len(known) <= len(known) - LEAST:
                one.statements[column.name] = {"true": rounded(share)}
        case "text" if known.n_unique() <= min(MOST_LABELS, len(known) // LEAST):
            weights = _weights(column, known, keep_labels=keep_labels)
            if weights:
                one.statements[column.name] = {"values": weights}
        case "date" | "timestamp" if known.dtype.is_temporal():
            months = known.dt.strftime("%Y-%m").sort()
            both = str(months[LEAST - 1]), str(months[-LEAST])
            former = one.months or both
            one.months = min(former[0], both[0]), max(former[1], both[1])


def _float64() -> Any:
    import polars as pl

    return pl.Float64


def _weights(column: SourceColumn, known: pl.Series, *, keep_labels: bool) -> dict[str, float]:
    """Weights of labels that ten rows have, under names made up, if they are not the schema's."""
    counts = dict(known.cast(str).value_counts(sort=True).iter_rows())
    frequent = [(label, n) for label, n in counts.items() if n >= LEAST]
    if column.labels:
        return {
            label: rounded(counts.get(label, 0) / len(known)) or 1e-3 for label in column.labels
        }
    names = [label if keep_labels else f"c{k}" for k, (label, _) in enumerate(frequent)]
    return {name: rounded(n / len(known)) for name, (_, n) in zip(names, frequent, strict=True)}


def _family(values: Doubles, *, is_whole: bool) -> dict[str, Any]:
    """The nearest family of distributions, with its parameters."""
    zeros = float((values == 0).mean())
    rest = values[values != 0]
    if 0.1 < zeros < 0.95 and (rest > 0).all() and len(rest) >= 2 * LEAST and not is_whole:
        return {"zero_inflated": {"zeros": rounded(zeros), "rest": _family(rest, is_whole=False)}}
    quantiles = np.quantile(values, _SHARES)
    mean, sd = float(values.mean()), float(values.std())
    if sd == 0:
        return {}
    normal = np.array([normal_quantile(np.array([share]))[0] for share in _SHARES])
    candidates: list[tuple[dict[str, Any], Doubles]] = []
    width = (quantiles[-1] - quantiles[0]) / 0.9
    low = quantiles[0] - 0.05 * width
    uniform = {"low": rounded(low), "high": rounded(low + width)}
    if uniform["low"] < uniform["high"]:
        candidates.append(({"uniform": uniform}, low + width * _SHARES))
    candidates.append(({"normal": {"mean": rounded(mean), "sd": rounded(sd)}}, mean + sd * normal))
    if (values > 0).all():
        logs = np.log(values)
        middle, spread = float(np.median(logs)), float(logs.std())
        lognormal = {"median": rounded(exp(middle)), "sigma": max(rounded(spread), 0.01)}
        candidates.append(({"lognormal": lognormal}, np.exp(middle + spread * normal)))
    if (values >= 0).all() and mean > 0:
        if is_whole:
            ratio = mean / (1 + mean)
            steps = np.floor(np.log(1 - _SHARES) / log(ratio))
            candidates.append(({"geometric": {"mean": rounded(mean)}}, steps))
        else:
            candidates.append(
                ({"exponential": {"mean": rounded(mean)}}, -mean * np.log(1 - _SHARES))
            )
    statement, _ = min(candidates, key=lambda c: float(np.abs(c[1] - quantiles).mean()))
    return statement


def _tell_causes(one: TableLikeness, numbers: dict[str, Doubles]) -> None:
    """Of each number the earlier one of the row that tells most of it, by ranks."""
    names = [*numbers]
    for k, name in enumerate(names):
        strongest: tuple[str, float] | None = None
        for other in names[:k]:
            share = _rank_correlation(numbers[other], numbers[name])
            if share is not None and abs(share) > abs(strongest[1] if strongest else 0.3):
                strongest = other, share
        if strongest is not None:
            other, r = strongest
            one.causes[name] = other, rounded(np.sign(r) * min(r * r, 0.9), 1)


def _rank_correlation(x: Doubles, y: Doubles) -> float | None:
    both = ~(np.isnan(x) | np.isnan(y))
    if both.sum() < 10 * LEAST:
        return None
    ranks = [np.argsort(np.argsort(v[both], kind="stable"), kind="stable") for v in (x, y)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _tell_keys(
    one: TableLikeness,
    table: SourceTable,
    frame: pl.DataFrame,
    frames: Mapping[str, pl.DataFrame],
) -> None:
    """How unequal the numbers of children are."""
    for reference in table.references:
        if len(reference.columns) != 1 or reference.table == table.name:
            continue
        (name,) = reference.columns
        parents = frames[reference.table].height
        if name not in frame.columns or parents < LEAST or frame.height < LEAST:
            continue
        counts = frame[name].drop_nulls().value_counts()["count"].to_numpy().astype(float)
        childless = parents - len(counts)
        every = np.concatenate([counts, np.zeros(max(childless, 0))])
        mean = float(every.mean())
        excess = (float(every.var()) - mean) / mean**2 if mean else 0.0
        stated: dict[str, Any] = {}
        sigma = min(sqrt(log(1 + excess)), 5.0) if excess > 0 else 0.0
        if sigma > 0.1:
            stated["popularity"] = "lognormal"
            stated["popularities"] = {"lognormal": {"sigma": rounded(sigma)}}
        if stated:
            one.keys[name] = stated


def window_of(likeness: Mapping[str, TableLikeness]) -> tuple[str, str] | None:
    """First and last month of all times; none where there are none.

    Examples
    --------
    >>> window_of({"a": TableLikeness(months=("2019-03", "2020-01")), "b": TableLikeness()})
    ('2019-03', '2020-01')
    """
    several = [one.months for one in likeness.values() if one.months is not None]
    if not several:
        return None
    return min(first for first, _ in several), max(last for _, last in several)


_NUMBERS = {"integer", "number", "money", "percentage"}
_WORDS = {"category", "title", "code"}
_SETTINGS = {"lens", "min", "max", "step", "nulls"}


def like(
    statement: dict[str, Any], name: str, likeness: TableLikeness, numbers: set[str]
) -> dict[str, Any]:
    """What is stated of a column, with what rows of the source are like.

    Parameters
    ----------
    statement
        What is stated of it otherwise.
    name
        The column.
    likeness
        What the rows of its table are like.
    numbers
        Columns of numbers that others can depend on.

    Returns
    -------
    dict
        As it was, where it is no number and no category.
    """
    known, lens = likeness.statements[name], statement["lens"]
    if lens == "flag" and "true" in known and "true" not in statement:
        return {**statement, **known}
    if lens in _WORDS and "values" in known and not statement.get("unique"):
        return {"lens": "category", **known}
    if lens not in _NUMBERS or "values" in known or not known:
        return statement
    made = {key: value for key, value in statement.items() if key in _SETTINGS} | known
    if lens == "money" and "min" not in made:
        made["lens"] = "number"
    cause, share = likeness.causes.get(name, ("", 0.0))
    if share and cause in numbers and name in numbers:
        made["causes"] = {cause: share}
    return made
