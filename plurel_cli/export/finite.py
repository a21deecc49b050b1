"""Values that some formats cannot hold: numbers that are none, and characters that end a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.errors import ExportError

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.schema.table import Table


def all_finite(table: Table, frame: pl.DataFrame, engine: str, *, infinite: bool = False) -> None:
    """Refuse numbers that an engine cannot hold.

    Parameters
    ----------
    table
        The table, for messages.
    frame
        Rows of it.
    engine
        What it is called.
    infinite
        Whether it holds what is infinite.

    Raises
    ------
    ExportError
        Naming the column.
    """
    import polars as pl

    numbers = pl.selectors.float()
    bad = numbers.is_nan() if infinite else ~numbers.is_finite()
    what = "NaN" if infinite else "NaN or infinity"
    _refuse_any(table, frame, bad, f"{engine} holds no {what}")


def no_nul(table: Table, frame: pl.DataFrame, engine: str) -> None:
    """Refuse texts with a character of number 0, where an engine cannot hold it.

    Parameters
    ----------
    table
        The table, for messages.
    frame
        Rows of it.
    engine
        What it is called.

    Raises
    ------
    ExportError
        Naming the column.
    """
    import polars as pl

    bad = pl.selectors.string().str.contains("\0", literal=True)
    _refuse_any(table, frame, bad, f"{engine} holds no text with the character U+0000")


def _refuse_any(table: Table, frame: pl.DataFrame, bad: pl.Expr, rule: str) -> None:
    """Refuse a frame with a value in some column of which something holds."""
    for named in frame.select(bad.any()).to_dicts():
        for name, is_bad in named.items():
            if is_bad:
                raise ExportError(f"table {table.name}, column {name}", rule)
