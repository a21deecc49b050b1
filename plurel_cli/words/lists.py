"""Lists of words that columns name, each a YAML file with its source."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from plurel_cli.errors import listed
from plurel_cli.words.tables import ROOT

FOLDERS = (ROOT / "lists", ROOT.parent / "themes" / "words")
"""Where lists are: those of any trade, and those of themes."""


@lru_cache(256)
def word_list(name: str) -> Mapping[str, float]:
    """Words of a list, each with its weight.

    Raises
    ------
    ValueError
        If there is no such list.

    Examples
    --------
    >>> word_list("product_nouns")["Lamp"]
    1.0
    """
    import yaml

    paths = _paths()
    if name not in paths:
        near = get_close_matches(name, paths, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"known are {listed(paths)}"
        raise ValueError(f"there is no list of words {name!r}; {remedy}")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = paths[name].read_text(encoding="utf-8")
    raw = yaml.load(text, Loader=loader)["words"]  # noqa: S506 (a safe one)
    pairs = raw.items() if isinstance(raw, Mapping) else ((word, 1.0) for word in raw)
    return MappingProxyType({str(word): float(weight) for word, weight in pairs})


def word_lists() -> tuple[str, ...]:
    """Names of all lists of words."""
    return tuple(sorted(_paths()))


@lru_cache(1)
def _paths() -> dict[str, Path]:
    files = (path for folder in FOLDERS for path in folder.glob("*.yaml"))
    return {path.stem: path for path in sorted(files)}
