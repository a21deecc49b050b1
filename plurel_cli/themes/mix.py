"""What the columns of a database are made of: how many are dates, flags, texts, whole numbers.

Real databases differ more in this than tables within one do: one holds codes and labels, another
measures. So each draws its mix once. A column of the theme is offered with the probability that
the mix gives its kind, and columns that no theme has a word for are drawn by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.elementary import exp, log
from plurel_cli.numerics.stream import Draws, Stream

Group = Literal["flag", "category", "sentence", "word", "count", "time", "decimal", "whole"]
"""What a column is, to a mix."""

_GROUPS: Mapping[str, Group] = {
    **dict.fromkeys(("flag",), "flag"),
    **dict.fromkeys(("category",), "category"),
    **dict.fromkeys(("text", "json"), "sentence"),
    **dict.fromkeys(("serial",), "count"),
    **dict.fromkeys(("date", "timestamp", "time_of_day"), "time"),
    **dict.fromkeys(("money", "number", "percentage", "latitude", "longitude"), "decimal"),
    **dict.fromkeys(("integer", "duration", "formula", "sequence"), "whole"),
}

_OFFERED: Mapping[Group, tuple[float, float]] = {
    "flag": (0.1, 2.0),
    "category": (0.3, 0.85),
    "sentence": (0.4, 2.0),
    "word": (0.25, 2.0),
    "count": (0.05, 0.5),
    "time": (0.05, 0.5),
    "decimal": (0.2, 1.0),
    "whole": (0.4, 1.0),
}
"""Between which the odds of a column lie, by what it is; their logarithm is uniform."""

_NUMBERS: tuple[Group, ...] = ("decimal", "whole")

_WORDS: tuple[Group, ...] = ("sentence", "word")

_OF_TABLE = (0.2, 2.0)
"""Between which a table's odds of numbers lie, as multiples of those of its database."""

_USUAL_ROWS, _BY_ROWS, _MOST_BY_ROWS = 1500.0, 0.35, 2.5
"""Rows of a table whose odds of numbers are those of its database; with which power of its rows
those of others rise, and those of words fall; and by how much at the most.
"""

_WITHOUT_DECIMALS = 0.3
"""What becomes of the odds of decimal numbers in a database whose amounts are whole."""

_DECIMALS: Mapping[float, float] = {0.0: 5.0, 0.15: 3.0, 0.5: 1.5, 1.0: 0.5}
"""Share of decimal numbers that have decimals: in most databases, none or few."""

_AUDITED: Mapping[float, float] = {0.0: 5.0, 0.3: 2.0, 0.9: 1.0}
"""Share of tables that say who entered a row, and when."""

_LABEL_STYLES: Mapping[str, float] = {"snake": 2.0, "spaced": 2.0, "sentence": 4.0, "upper": 1.0}
"""How often each style of labels is drawn."""

_STATED_NULLS: Mapping[float, float] = {0.0: 8.0, 0.3: 1.5, 0.7: 0.3}
"""Share of columns whose nulls are those of the theme; the others' are drawn, with reasons."""


def group_of(lens: str) -> Group:
    """What a column is, by its lens.

    Examples
    --------
    >>> group_of("money"), group_of("email")
    ('decimal', 'word')
    """
    return _GROUPS.get(lens, "word")


@dataclass(frozen=True)
class Mix:
    """What the columns of a database are made of.

    Attributes
    ----------
    offered
        Probability that a column of the theme is offered, by what it is, and how often one that
        the theme has no word for is of this kind; 1 where it is left out.
    decimals
        Share of decimal numbers that have decimals.
    distinct
        About how many distinct values a number has.
    rounded
        Share of numbers that are multiples of a coarser step.
    frequent
        Share of numbers of which many rows have the same, 0.
    audited
        Share of tables that say who entered a row, and when.
    stated_nulls
        Share of columns that have the nulls which the theme states.
    more_said
        Probability that a text goes on after each of its templates.
    labels
        Weight of each way to write labels that no theme has words for.
    label_style
        How labels of themes are written, one of `labels.LABEL_STYLES`.
    is_exact
        Whether a theme's distributions are taken as they are stated.
    """

    offered: Mapping[Group, float] = field(default_factory=dict)
    decimals: float = 1.0
    distinct: float = 50.0
    rounded: float = 0.0
    frequent: float = 0.0
    audited: float = 0.3
    stated_nulls: float = 1.0
    more_said: float = 0.0
    labels: Mapping[str, float] = field(default_factory=lambda: {"words": 1.0})
    label_style: str = "snake"
    is_exact: bool = True

    @classmethod
    def drawn(cls, stream: Stream) -> Mix:
        """Draw the mix of a database.

        Parameters
        ----------
        stream
            Randomness of this choice alone.
        """
        draws = stream.draws()
        offered = {group: log_between(draws, *bounds) for group, bounds in _OFFERED.items()}
        decimals = [*_DECIMALS][draws.weighted([*_DECIMALS.values()])]
        if decimals == 0.0:
            offered["decimal"] *= _WITHOUT_DECIMALS
        return cls(
            offered=offered,
            decimals=decimals,
            distinct=log_between(draws, 7.0, 200.0),
            rounded=draws.between(0.4, 1.0),
            frequent=draws.between(0.0, 0.22),
            audited=[*_AUDITED][draws.weighted([*_AUDITED.values()])],
            stated_nulls=[*_STATED_NULLS][draws.weighted([*_STATED_NULLS.values()])],
            more_said=draws.between(0.0, 0.8),
            labels={name: log_between(draws, 0.1, 1.0) for name in ("words", "letters", "digits")},
            label_style=[*_LABEL_STYLES][draws.weighted([*_LABEL_STYLES.values()])],
            is_exact=False,
        )

    def of_table(self, rows: int, draws: Draws) -> Mix:
        """The mix of one table: more numbers than its database, or fewer, and more words.

        Parameters
        ----------
        rows
            Rows of the table. Large ones hold what is measured and counted, small ones what
            things are called.
        draws
            Randomness of the table's columns alone.

        Returns
        -------
        Mix
        """
        times = log_between(draws, *_OF_TABLE)
        large = exp(_BY_ROWS * log(max(rows, 1) / _USUAL_ROWS))
        large = min(max(large, 1.0 / _MOST_BY_ROWS), _MOST_BY_ROWS)
        if self.is_exact:
            return self
        offered = {group: self.offered.get(group, 1.0) for group in _OFFERED}
        numbers = {group: offered[group] * times * large for group in _NUMBERS}
        words = {group: offered[group] / large for group in _WORDS}
        return replace(self, offered=offered | numbers | words)

    def share(self, lens: str) -> float:
        """Probability that a column with a lens is offered."""
        return self.offered.get(group_of(lens), 1.0)
