"""Statistics of databases kept in a file: numbers alone, so that what they are of stays private.

The file is JSON: for each database a name, the values of a family, and the statistics of every
column, key and table. It takes the place of the databases in `--against`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from plurel_cli.errors import UsageError
from plurel_cli.measure.apart.population import LEVELS, Rows
from plurel_cli.measure.corpus import Measured
from plurel_cli.measure.databases import Result

FORMAT = 1


@dataclass(frozen=True)
class Saved:
    """Statistics of some databases.

    Attributes
    ----------
    family
        Which family of statistics `measured` has.
    measured
        Its values, a database each.
    rows
        Statistics of every column, key and table, a database each.
    """

    family: str
    measured: tuple[Measured, ...]
    rows: tuple[Rows, ...]


def saved_text(family: str, results: Sequence[Result]) -> str:
    """Statistics of some databases as the text of a file.

    Parameters
    ----------
    family
        Name of the family of statistics.
    results
        With statistics of columns, keys and tables.

    Returns
    -------
    str
        JSON. Databases are called d01, d02, …
    """
    databases = {
        f"d{number:02d}": {"statistics": result.measured.values, "rows": result.rows}
        for number, result in enumerate(results, 1)
    }
    names = {level: list(names) for level, names in LEVELS.items()}
    whole = {"plurel_measure": FORMAT, "family": family, "names": names, "databases": databases}
    return json.dumps(whole, ensure_ascii=False) + "\n"


def parse_saved(file: object, text: str) -> Saved:
    """Statistics that were saved.

    Parameters
    ----------
    file
        What to call them in an error.
    text
        JSON of `saved_text`.

    Returns
    -------
    Saved

    Raises
    ------
    UsageError
        If it is something else, or has other statistics than are measured now.
    """
    try:
        whole = json.loads(text)
        version = whole["plurel_measure"]
    except (ValueError, TypeError, KeyError):
        rule = "holds no statistics"
        raise UsageError(file, rule, remedy="`plurel measure DIR --save FILE` makes one") from None
    if version != FORMAT or whole["names"] != {level: list(n) for level, n in LEVELS.items()}:
        rule = "has other statistics than are measured now"
        raise UsageError(file, rule, remedy="measure and save them again")
    databases = whole["databases"].items()
    return Saved(
        whole["family"],
        tuple(Measured(name, None, each["statistics"]) for name, each in databases),
        tuple(each["rows"] for _, each in databases),
    )
