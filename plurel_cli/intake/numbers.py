"""Columns of numbers: a guess, within what the type and the conditions leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from math import ceil, floor, inf
from typing import Any

from plurel_cli.intake.demands import Demand
from plurel_cli.intake.guesses import Statement
from plurel_cli.intake.picture import SourceColumn, Value

_FINEST = 6
"""Most digits after the point that a step has."""


_YEARS = (1901.0, 2155.0)
"""What MySQL's type of years can hold."""


def is_year(column: SourceColumn) -> bool:
    """Whether a column of whole numbers can only be years."""
    return column.kind == "integer" and column.type.lower().startswith("year")


def _step(column: SourceColumn) -> float | None:
    if column.kind == "integer":
        return 1.0
    if column.kind == "decimal" and column.scale is not None:
        return float(f"1e-{min(column.scale, _FINEST)}")
    return None


def _type_bounds(column: SourceColumn) -> tuple[float | None, float | None]:
    """What a type can hold, where that is not much."""
    if is_year(column):
        return _YEARS
    if column.kind == "integer":
        bits = column.bits or 64
        high = 2.0**bits - 1 if column.is_unsigned else 2.0 ** (bits - 1) - 1
        if column.precision is not None:
            high = min(high, 10.0**column.precision - 1)
        return (0.0 if column.is_unsigned else -high), min(high, 1e9)
    if column.kind == "decimal" and column.precision is not None:
        whole = 10.0 ** (column.precision - (column.scale or 0))
        high = min(whole - (_step(column) or 1.0), 1e9)
        return -high, high
    return (0.0 if column.is_unsigned else None), None


def number_of(column: SourceColumn, guessed: Statement, demand: Demand) -> dict[str, Any]:
    """What is stated of a column of numbers.

    Parameters
    ----------
    column
        The column.
    guessed
        What it is by its name.
    demand
        What is demanded of it.

    Returns
    -------
    dict
        A lens and its settings.
    """
    step = _step(column)
    low, high = _bounds(column, demand, step)
    statement = dict(guessed)
    if is_year(column) and statement == {"lens": "integer"}:
        statement["uniform"] = {"low": 1990, "high": 2026}
    lens = str(statement["lens"])
    if lens in ("latitude", "longitude"):
        most = 90 if lens == "latitude" else 180
        digits = column.scale if column.scale is not None else 6
        is_free = demand.low is None and demand.high is None
        if column.kind == "float" and is_free:
            return statement
        statement = {
            "lens": "number",
            "uniform": {"low": -most, "high": most},
            "step": 10.0**-digits,
        }
    if lens == "category":
        values = {v: w for v, w in dict(statement["values"]).items() if _is_within(v, low, high)}
        if values:
            return {"lens": "category", "values": values}
        statement = {"lens": "integer"}
    if column.kind == "integer" and lens == "number":
        statement["lens"] = lens = "integer"
    if column.kind != "integer" and lens in ("integer",):
        statement = {"lens": "number", "lognormal": {"median": 20, "sigma": 1}}
    if not _agrees(statement, demand):
        statement = {"lens": _plain(statement)}
    low = _later(low, statement.get("min"), max)
    high = _later(high, statement.get("max"), min)
    family = [k for k in statement if k not in ("lens", "min", "max", "step")]
    if _has_room(statement, low, high):
        pass
    elif demand.low is not None and demand.high is not None:
        statement = {"lens": _plain(statement), "uniform": _between(low, high, step)}
    elif demand.low is not None and demand.low > 10:
        statement = {
            "lens": _plain(statement),
            "uniform": _between(low, _end(demand.low, high), step),
        }
    elif demand.high is not None and demand.high < 10:
        low = demand.high - 100.0 if low is None or low < demand.high - 100 else low
        statement = {"lens": _plain(statement), "uniform": _between(low, high, step)}
    elif family and high is not None and high < 100 and "uniform" not in statement:
        begin = 0.0 if low is None or low < 0 else low
        statement = {"lens": _plain(statement), "uniform": _between(begin, high, step)}
    statement["lens"] = (
        "number" if statement["lens"] == "money" and step not in (0.01, None) else statement["lens"]
    )
    if low is not None and (demand.low is not None or low > 0 or statement["lens"] == "integer"):
        low = max(low, 0.0) if demand.low is None else low
        statement["min"] = _plain_number(low)
    if high is not None and (demand.high is not None or high < 1e6):
        statement["max"] = _plain_number(high)
    if step is not None and statement["lens"] not in ("integer",) and not (
        statement["lens"] == "money" and step == 0.01
    ):  # fmt: skip
        statement["step"] = step
    if demand.multiple > 1 and column.kind == "integer":
        statement = _multiples(statement, demand.multiple)
    if statement["lens"] == "percentage" and (high is not None and high < 100):
        statement["lens"] = "number"
    return statement


def _multiples(statement: dict[str, Any], of: int) -> dict[str, Any]:
    """Whole numbers that are multiples of a number, about as large as they would be anyway."""
    low, high = statement.get("min", 0), statement.get("max")
    least, most = ceil(low / of), None if high is None else floor(high / of)
    if most is not None and most <= least + 50:
        values = [k * of for k in range(least, most + 1)]
        return {"lens": "category", "values": values} if values else statement
    family = {k: v for k, v in statement.items() if k in ("lognormal", "uniform", "normal")}
    spread = family or {"uniform": {"low": least * of, "high": (least + 20) * of}}
    return {**statement, **spread, "min": least * of, "step": of} | (
        {} if most is None else {"max": most * of}
    )


def _agrees(statement: Mapping[str, Any], demand: Demand) -> bool:
    """Whether bounds that are guessed leave something of those that are demanded."""
    low, high = statement.get("min"), statement.get("max")
    is_above = high is not None and demand.low is not None and demand.low >= high
    is_below = low is not None and demand.high is not None and demand.high <= low
    return not (is_above or is_below)


def _has_room(statement: Mapping[str, Any], low: float | None, high: float | None) -> bool:
    """Whether the bulk of what is guessed lies within bounds, or all of a range."""
    if (among := statement.get("uniform")) is not None and (low, high) != (None, None):
        return (low is None or low <= among["low"]) and (high is None or among["high"] <= high)
    if (bell := statement.get("normal")) is not None:
        begin, end = bell["mean"] - bell["sd"], bell["mean"] + bell["sd"]
        return (low is None or low <= begin) and (high is None or end <= high)
    if (peak := statement.get("triangular")) is not None:
        half = 0.5 * (statement["lens"] == "integer")
        begin, end = peak["low"] + half, peak["high"] - half
        return (low is None or low <= begin) and (high is None or end <= high)
    for family, word in (("geometric", "mean"), ("lognormal", "median"), ("prices", "median")):
        if family in statement and low is not None and high is not None:
            typical = float(statement[family][word])
            return low < typical < high / 4
    return False


def _plain(statement: Mapping[str, Any]) -> str:
    return "integer" if statement["lens"] == "integer" else "number"


def _bounds(
    column: SourceColumn, demand: Demand, step: float | None
) -> tuple[float | None, float | None]:
    """Least and largest value that the column may have."""
    low, high = _type_bounds(column)
    inside = step or 1e-3
    if demand.low is not None:
        low = _later(low, demand.low + inside * demand.low_is_out, max)
    if demand.high is not None:
        high = _later(high, demand.high - inside * demand.high_is_out, min)
    for value in sorted(_numbers(demand.unlike)):
        low, high = _beside(value, low, high, inside, demand)
    if step is not None and step < 1:
        low = None if low is None else round(low, _FINEST)
        high = None if high is None else round(high, _FINEST)
    return low, high


def _numbers(values: Sequence[Value]) -> set[float]:
    numbers = set()
    for value in values:
        with suppress(ValueError):
            numbers.add(float(value))
    return numbers


def _beside(
    value: float, low: float | None, high: float | None, inside: float, demand: Demand
) -> tuple[float | None, float | None]:
    """Bounds that leave a value out: above it, as long as there is as much room as below."""
    if (low is not None and low > value) or (high is not None and high < value):
        return low, high
    above = inf if high is None else high - value
    below = value if low is None or low < 0 else value - low
    if above >= max(below, inside):
        demand.at_least(value, is_out=True)
        return value + inside, high
    demand.at_most(value, is_out=True)
    return low, value - inside


def _later(one: float | None, other: Any, choose: Any) -> float | None:
    several = [x for x in (one, other) if x is not None]
    return float(choose(several)) if several else None


def _is_within(value: Any, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _end(low: float, high: float | None) -> float:
    end = 2 * low + 100
    return end if high is None else min(end, high)


def _between(low: float | None, high: float | None, step: float | None) -> dict[str, float | int]:
    begin = -1000.0 if low is None else low
    end = max(begin + 1000.0, 1000.0) if high is None else high
    half = 0.5 if step == 1 else 0.0
    if end <= begin:
        half = half or 0.5 * (step or 1.0)
    return {"low": _plain_number(begin - half), "high": _plain_number(end + half)}


def _plain_number(value: float) -> float | int:
    value = round(value, 9)
    return int(value) if float(value).is_integer() else value


def split(columns: Sequence[SourceColumn], demands: Mapping[str, Demand], is_strict: bool) -> bool:
    """Give columns, each of which must lie above the one before, ranges that do not overlap.

    Parameters
    ----------
    columns
        From the lowest on.
    demands
        By column; bounds are added.
    is_strict
        Whether no two may be equal.

    Returns
    -------
    bool
        False where there is no room.
    """
    several = [demands[column.name] for column in columns]
    bounds = [_bounds(c, d, _step(c)) for c, d in zip(columns, several, strict=True)]
    is_positive = any(d.low is not None and d.low >= 0 for d in several)
    lows = [low for low, _ in bounds if low is not None]
    highs = [high for _, high in bounds if high is not None]
    first = max(lows) if is_positive and lows else 0.0
    first = max([first, *(d.low for d in several if d.low is not None)])
    last = min([first + 100.0 * len(columns), *highs])
    if last <= first:
        return False
    steps = [_step(c) or 1e-3 for c in columns]
    width = (last - first) / len(columns)
    for k, (column, demand) in enumerate(zip(columns, several, strict=True)):
        low, high = first + k * width, first + (k + 1) * width
        if column.kind == "integer":
            low, high = float(floor(low)) + (k > 0), float(floor(high))
        if is_strict and k > 0 and column.kind != "integer":
            low += 2 * steps[k]
        if low > high:
            return False
        digits = min(column.scale or 0, _FINEST) if column.kind != "float" else 3
        demand.at_least(round(low, digits))
        demand.at_most(round(high, digits))
    return True
