"""Files of words: fields apart by tabs, comments after `#`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent


def lines(name: str) -> Iterator[list[str]]:
    """Fields of each line of a file.

    Examples
    --------
    >>> next(lines("colours"))
    ['black', '#000000']
    """
    text = (ROOT / f"{name}.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            yield line.split("\t")
