"""Which themes there are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent


@cache
def theme_names() -> tuple[str, ...]:
    """The themes of the package, by name."""
    return tuple(sorted(path.stem for path in ROOT.glob("*.yaml")))
