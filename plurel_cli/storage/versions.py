"""What databases were made with."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence

from plurel_cli import __version__
from plurel_cli.schema.model import Made


def made_here() -> Made:
    """Versions and CPU features of this process."""
    import numpy as np
    import polars as pl

    return Made(
        plurel=__version__,
        python=platform.python_version(),
        numpy=np.__version__,
        polars=pl.__version__,
        cpu=_cpu_features(),
    )


def differences(made: Sequence[Made]) -> Iterator[str]:
    """In what environments differ that may change a value: the release of plurel alone."""
    releases = list(dict.fromkeys(environment.plurel for environment in made))
    if len(releases) > 1:
        yield f"made with different versions of plurel: {', '.join(releases)}"


def _cpu_features() -> tuple[str, ...]:
    """Vector extensions numpy found, as a record: no value depends on them."""
    from numpy._core import _multiarray_umath as core  # type: ignore[attr-defined]

    features: dict[str, bool] = getattr(core, "__cpu_features__", {})
    return tuple(sorted(name for name, is_there in features.items() if is_there))
