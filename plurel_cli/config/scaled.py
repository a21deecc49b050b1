"""A config whose tables have more rows, or fewer, in the same proportions."""

from __future__ import annotations

import math
from typing import Any

from plurel_cli.config.load import parse_config
from plurel_cli.config.model import Config
from plurel_cli.errors import ConfigError, Problem, UsageError

MOST = 1e9
"""Largest factor; and one over it the smallest."""


def scaled(config: Config, factor: float) -> Config:
    """A config with the rows of all tables multiplied.

    Parameters
    ----------
    config
        The config.
    factor
        By how much. Every table keeps one row at least, and details for which no rows are stated
        follow from their parents, as ever.

    Returns
    -------
    Config

    Raises
    ------
    UsageError
        If the factor is no number from 10⁻⁹ to 10⁹.
    ConfigError
        If there would be more rows than a table can have, or than its unique values allow.

    Examples
    --------
    >>> from plurel_cli import load_config
    >>> scaled(load_config("default"), 10).schema_.rows.entity.bounds
    (5000, 10000)
    """
    if not (math.isfinite(factor) and 1 / MOST <= factor <= MOST):
        remedy = "give a number above 0, such as 10 or 0.1"
        raise UsageError("--scale", f"must be from 1e-9 to 1e9, not {factor:g}", remedy=remedy)
    raw = config.resolved()
    rows = raw["schema"]["rows"]
    rows.update({kind: _times(value, factor) for kind, value in rows.items()})
    for table in raw["tables"].values():
        if table.get("rows") is not None:
            table["rows"] = _times(table["rows"], factor)
    sources = config.sources
    if sources is not None:
        sources = sources.but(scale=factor * (sources.scale or 1.0))
    try:
        return parse_config(raw).with_sources(sources)
    except ConfigError as error:
        rule = f"{error.problems[0].rule} once rows are multiplied by {factor:g}"
        place, remedy = error.problems[0].place, "scale by less"
        raise ConfigError([Problem(place, rule, remedy=remedy)]) from None


def _times(rows: Any, factor: float) -> Any:
    """Numbers of rows, as a config writes them, multiplied."""
    if isinstance(rows, int):
        return max(1, round(rows * factor))
    if "choices" not in rows:
        return rows | {end: _times(rows[end], factor) for end in ("min", "max")}
    choices = rows["choices"]
    if isinstance(choices, list):
        return {"choices": [_times(value, factor) for value in choices]}
    weights: dict[int, float] = {}
    for value, weight in choices.items():
        more = _times(int(value), factor)
        weights[more] = weights.get(more, 0.0) + weight
    return {"choices": weights}
