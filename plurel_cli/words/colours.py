"""Colours."""

from __future__ import annotations

from functools import lru_cache

from plurel_cli.words.tables import lines


@lru_cache(1)
def colours() -> dict[str, str]:
    """Colours by name, the most common first, each as `#rrggbb`.

    Examples
    --------
    >>> colours()["black"]
    '#000000'
    """
    return {name: value for name, value in lines("colours")}  # noqa: C416 (for types)
