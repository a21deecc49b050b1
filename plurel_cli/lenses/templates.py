"""Templates of texts: parsed into pieces, and filled for many rows at once.

A piece is a column's value as it is written, maybe with what it counts, or one of some
alternatives: by the label of a category, by the band that a number or an ordered label is in, by
the hidden tone of the row, or at random. What stands between pieces is part of the alternatives
beside it, so that a text is put together of few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.lenses.labels import CategoryLens, label_texts
from plurel_cli.lenses.numbers import NumberLens
from plurel_cli.lenses.others import Seen
from plurel_cli.lenses.times import TimeLens
from plurel_cli.marginals.values import OfValues
from plurel_cli.marginals.zero_inflated import ZeroInflated

if TYPE_CHECKING:
    import polars as pl

Doubles = NDArray[np.float64]

CHANCE, TONE = "~", "!"
"""What stands for a column where alternatives are taken at random, or by the row's tone."""

COUNT = "#"
"""What stands for a number before the word for what it counts."""

LONGEST = 2_000
"""Characters of a template."""

_PIECE = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)?")


class TemplateError(ValueError):
    """A text that is no template."""


@dataclass(frozen=True)
class Piece:
    """A part of a template.

    Attributes
    ----------
    of
        The column, or what stands for one.
    before
        The text before it.
    alternatives
        What may be there; none where the column's value is.
    labels
        The label of each alternative, `*` for any other; none where they are bands.
    counted
        What is counted, where the column's value is followed by it: one, and any other number.
    """

    of: str
    before: str
    alternatives: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """A template: pieces, and the text after the last."""

    pieces: tuple[Piece, ...]
    after: str

    @property
    def reads(self) -> Iterator[str]:
        """Columns that it is of."""
        return (piece.of for piece in self.pieces if piece.of not in (CHANCE, TONE))

    @property
    def inserted(self) -> Iterator[str]:
        """Columns whose values it says."""
        return (piece.of for piece in self.pieces if not piece.alternatives)

    def filled(self, seen: Seen, rows: NDArray[np.int64], chance: Doubles) -> pl.Series:
        """The texts of some rows of a block.

        Parameters
        ----------
        seen
            The block.
        rows
            The rows, counted from its first.
        chance
            A uniform real for each row of the block.

        Returns
        -------
        Series
            A text for each of the rows.
        """
        import polars as pl

        parts = [
            _filled(piece, seen, rows, chance, k, self.after * (k + 1 == len(self.pieces)))
            for k, piece in enumerate(self.pieces)
        ]
        if not parts:
            return pl.Series([self.after]).gather(np.zeros(len(rows), dtype=np.int64))
        if len(parts) == 1:
            return parts[0]
        return pl.select(pl.concat_str(*parts)).to_series()


@lru_cache(4_096)
def parsed(text: str) -> Template:
    """The pieces of a template.

    Raises
    ------
    TemplateError
        If it is none, and why.

    Examples
    --------
    >>> parsed("{name} is {stars: bad | good}.").pieces[1].alternatives
    ('bad', 'good')
    """
    if not 0 < len(text) <= LONGEST:
        raise TemplateError(f"a template has 1 to {LONGEST} characters, got {len(text)}")
    pieces, at = [], 0
    for match in _PIECE.finditer(text):
        pieces.append(_piece(match[1], text[at : match.start()]))
        at = match.end()
    for part in (*(piece.before for piece in pieces), text[at:]):
        if "{" in part or "}" in part:
            raise TemplateError(f"a bracket is not closed, or lies in another, in {part!r}")
    return Template(tuple(pieces), text[at:])


def _piece(inner: str, before: str) -> Piece:
    of, colon, rest = (part.strip(" ") for part in inner.partition(":"))
    if of not in (CHANCE, TONE) and _NAME.fullmatch(of) is None:
        raise TemplateError(
            f"{{{inner}}} must begin with the name of a column, or {CHANCE} or {TONE}"
        )
    if not colon:
        if of in (CHANCE, TONE):
            raise TemplateError(f"{{{inner}}} must have alternatives, as in {{{of}: this | that}}")
        return Piece(of, before)
    several = tuple(part.strip(" ") for part in rest.split("|"))
    if of not in (CHANCE, TONE) and all(part.startswith(COUNT) for part in several):
        if len(several) != 2:
            raise TemplateError(f"{{{inner}}} must say what one is, and what several are")
        return Piece(of, before, counted=tuple(part.removeprefix(COUNT) for part in several))
    named = ["=" in part for part in several]
    if of in (CHANCE, TONE) or not all(named):
        if any(named) and of not in (CHANCE, TONE):
            raise TemplateError(f"{{{inner}}} must name a label for all alternatives, or for none")
        if len(several) < 2:
            raise TemplateError(f"{{{inner}}} must have two alternatives or more")
        return Piece(of, before, several)
    labels, texts = zip(*(part.split("=", 1) for part in several), strict=True)
    return Piece(
        of, before, tuple(t.strip(" ") for t in texts), tuple(t.strip(" ") for t in labels)
    )


def piece_problem(piece: Piece, lens: object) -> str | None:
    """Why a piece cannot be of a column, if it cannot.

    Parameters
    ----------
    piece
        The piece.
    lens
        The lens of the column that it names; none where it has none.

    Returns
    -------
    str or None
        The rule that it breaks, as a clause about the column.
    """
    if not piece.alternatives:
        return None
    if piece.labels:
        if not isinstance(lens, CategoryLens):
            return f"{piece.of} has no labels, so that its alternatives cannot be by label"
        return None
    if lens is None or isinstance(lens, CategoryLens | NumberLens | TimeLens | FormulaLens):
        return None
    return f"{piece.of} has no bands: it is no number and no category"


def _filled(
    piece: Piece,
    seen: Seen,
    rows: NDArray[np.int64],
    chance: Doubles,
    place: int,
    after: str,
) -> pl.Series:
    import polars as pl

    if not piece.alternatives:
        written = seen.series(piece.of).gather(rows)
        text = written.cast(pl.String).fill_null("unknown")
        if written.dtype.is_float():
            text = text.str.strip_suffix(".0")
        if piece.counted:
            one, many = (pl.lit(word + after) for word in piece.counted)
            word = pl.when(text == "1").then(one).otherwise(many)
            return pl.select(pl.concat_str(pl.lit(piece.before), text, word)).to_series()
        if not (piece.before or after):
            return text
        return pl.select(pl.concat_str(pl.lit(piece.before), text, pl.lit(after))).to_series()
    table = pl.Series([piece.before + text + after for text in piece.alternatives])
    return table.gather(_choice(piece, seen, rows, chance, place))


def _choice(
    piece: Piece, seen: Seen, rows: NDArray[np.int64], chance: Doubles, place: int
) -> NDArray[np.int64]:
    """Which alternative each row has."""
    n = len(piece.alternatives)
    if piece.of == CHANCE:
        # One uniform a row serves all places: other digits of it for each.
        shares = np.modf(chance.take(rows) * (7.0 + 2.0 * place) * 1_009.0)[0]
        return (shares * n).astype(np.int64)
    if piece.of == TONE:
        return (seen.tone().take(rows) * n).astype(np.int64)
    numbers, lens = seen.numbers(piece.of).take(rows), seen.lens(piece.of)
    empty = np.isnan(numbers)
    if isinstance(lens, CategoryLens):
        codes = np.where(empty, 0.0, numbers).astype(np.int64)
        if piece.labels:
            by_code = _by_label(piece, lens)
            other = len(piece.labels) - 1
            return np.where(empty, other, by_code.take(codes))
        return codes * n // max(lens.categories or 1, 1)
    is_drawn = isinstance(lens, NumberLens | TimeLens) and not lens.reads
    cuts = bands(lens, n) if is_drawn else seen.cuts(piece.of, n)
    return cuts.searchsorted(np.where(empty, cuts[0], numbers), "right")


def _by_label(piece: Piece, lens: CategoryLens) -> NDArray[np.int64]:
    """Number of the alternative of each category: that of its label, of `*`, or the last."""
    known = label_texts(lens)
    rest = piece.labels.index("*") if "*" in piece.labels else len(piece.labels) - 1
    at = {label: k for k, label in enumerate(piece.labels)}
    return np.array([at.get(label, rest) for label in known], dtype=np.int64)


def bands(lens: object, n: int) -> Doubles:
    """Numbers that part the rows of a column into n bands.

    The values of a distribution that has few are shared among the bands in order, as the labels of
    a category are; where many values are 0, these have the first band. All others have as many
    rows in each.

    Parameters
    ----------
    lens
        The lens of the column.
    n
        How many bands.

    Returns
    -------
    ndarray
        float64, shape (n − 1,), rising.
    """
    assert isinstance(lens, NumberLens | TimeLens)  # noqa: S101 (checked before)
    marginal = lens.marginal if isinstance(lens, NumberLens) else None
    rest = marginal.rest if isinstance(marginal, ZeroInflated) else marginal
    if isinstance(rest, OfValues):
        values = np.unique([0.0] * (rest is not marginal) + [*rest.numbers])
        first = np.ceil(np.arange(1, n) * len(values) / n).astype(np.int64)
        return np.append(values, np.inf).take(first)
    if isinstance(marginal, ZeroInflated):
        shares = marginal.zeros + (1.0 - marginal.zeros) * np.arange(1, n - 1) / (n - 1)
        above = np.append(np.nextafter(0.0, 1.0), lens.quantile(shares))
        return np.maximum.accumulate(above)
    return lens.quantile(np.arange(1, n, dtype=np.float64) / n)
