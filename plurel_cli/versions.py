"""What a database was made with."""

from __future__ import annotations

import platform

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


def _cpu_features() -> tuple[str, ...]:
    """Vector extensions numpy found, which decide the last bits of its exp, sin and tanh."""
    from numpy._core import _multiarray_umath as core  # type: ignore[attr-defined]

    found: dict[str, bool] = getattr(core, "__cpu_features__", {})
    return tuple(sorted(name for name, is_there in found.items() if is_there))
