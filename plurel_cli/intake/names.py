"""Names that plurel can give to tables and columns, for names that it cannot."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from plurel_cli.config.names import is_table_name


def safe_names(names: Iterable[str], stem: str) -> dict[str, str]:
    """A name for each name: itself, where it can be, else the nearest that can.

    Parameters
    ----------
    names
        Names, in order.
    stem
        What a name begins with that has no letter.

    Returns
    -------
    dict
        By the name of the source; no two differ by case alone.

    Examples
    --------
    >>> list(safe_names(["Order Details", "order_details", "_x", "größe"], "table").values())
    ['Order_Details', 'order_details_2', 'x', 'grosse']
    """
    taken: set[str] = set()
    safe: dict[str, str] = {}
    for name in names:
        candidate = _safe(name, stem)
        number = 1
        while candidate.lower() in taken:
            number += 1
            candidate = f"{_safe(name, stem)[:58]}_{number}"
        taken.add(candidate.lower())
        safe[name] = candidate
    return safe


def _safe(name: str, stem: str) -> str:
    if is_table_name(name):
        return name
    text = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    text = text.encode("ascii", "ignore").decode()
    text = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
    if not text or not text[0].isalpha():
        text = f"{stem}_{text}".rstrip("_")
    return text[:63]


def fresh(name: str, taken: Iterable[str]) -> str:
    """A name that no other is, whatever its case.

    Parameters
    ----------
    name
        What it should be.
    taken
        Others.

    Returns
    -------
    str

    Examples
    --------
    >>> fresh("row", ["Row", "row_2"])
    'row_3'
    """
    lower = {other.lower() for other in taken}
    number, candidate = 1, name
    while candidate.lower() in lower:
        number += 1
        candidate = f"{name}_{number}"
    return candidate
