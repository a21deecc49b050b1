"""What lies in a column, in a few characters: a sparkline, and its range or frequent values."""

from __future__ import annotations

from collections.abc import Sequence

from plurel_cli.prose import percent
from plurel_cli.summary.columns import ColumnFigures

BARS = "▁▂▃▄▅▆▇█"

LONGEST = 16
"""Most characters of a sparkline."""

_MOST_VALUES = 5
_MOST_EXAMPLES = 2
_LONGEST_VALUE = 28
_DAY = len("2024-01-31")


def bars(counts: Sequence[int], longest: int = LONGEST) -> str:
    """Counts as bars, neighbours put together where there are too many.

    Parameters
    ----------
    counts
        What is drawn, from the left.
    longest
        Most bars.

    Returns
    -------
    str
        The highest bar is that of the largest count, and the lowest that of none or few.

    Examples
    --------
    >>> bars([0, 1, 8, 4]), bars([1, 1, 1, 1, 8, 0], 3), bars([])
    ('▁▁█▄', '▁▁█', '')
    """
    each = max(-(-len(counts) // longest), 1)
    grouped = [max(counts[i : i + each]) for i in range(0, len(counts), each)]
    most = max(grouped, default=0) or 1
    return "".join(BARS[max(-(-count * len(BARS) // most), 1) - 1] for count in grouped)


def sparkline(figures: ColumnFigures) -> str:
    """The distribution of a column, or how its most frequent values compare.

    Parameters
    ----------
    figures
        What lies in it.

    Returns
    -------
    str
        Nothing where there is none, as of keys.
    """
    counts = [rows for _, rows in figures.top]
    if figures.distribution is not None and not _is_label(figures):
        counts = list(figures.distribution.counts)
    return bars(counts) if len(counts) > 1 else ""


def values_of(figures: ColumnFigures) -> str:
    """The range of a column, its most frequent values, or examples.

    Parameters
    ----------
    figures
        What lies in it.

    Returns
    -------
    str
    """
    if figures.what == "primary key":
        return ""
    if figures.low is not None and figures.high is not None and not _is_label(figures):
        low, high = _shown(figures.low), _shown(figures.high)
        if low[:_DAY] != high[:_DAY] and isinstance(figures.low, str):
            low, high = low[:_DAY], high[:_DAY]
        return f"{low} … {high}"
    if figures.top:
        n_values = figures.rows - figures.nulls
        several = [f"{_cut(v)} {percent(n / n_values)}" for v, n in figures.top[:_MOST_VALUES]]
        return ", ".join(several) + ", …" * (figures.distinct > len(several))
    if figures.distribution is not None:
        return ", ".join(_cut(example) for example in figures.examples[:_MOST_EXAMPLES]) + ", …"
    return ""


def _is_label(figures: ColumnFigures) -> bool:
    """Whether its numbers name things, and do not measure them."""
    return figures.what in ("category", "categorical", "subcategory")


def _shown(value: float | str) -> str:
    return value.partition(".")[0] if isinstance(value, str) else f"{value:,.6g}"


def _cut(value: str) -> str:
    return value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…"
