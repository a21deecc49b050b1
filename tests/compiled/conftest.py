"""What is compiled is tested where numba is installed, as the extra `test` has it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

import pytest

from plurel_cli import compiled
from plurel_cli.compiled import start

OF_NUMBA = (
    "twins",
    "columns",
    "judging",
    "drawing",
    "key_twins",
    "names",
    "nodes",
    "packing",
    "references",
    "search_twins",
    "series",
    "sources",
    "digest_twins",
    "values",
    "cache",
)
collect_ignore = [] if find_spec("numba") else [f"test_{name}.py" for name in OF_NUMBA]

if find_spec("numba"):
    # From the folder of these very sources, where one process compiles for all. What tests import
    # by themselves would be kept elsewhere, and not be made anew when only what it calls changes.
    start._compiled()

for module in (
    *(
        "features.acting",
        "features.degenerate",
        "features.mechanised",
        "features.ranking",
        "features.references",
        "features.siblings",
    ),
    *("features.chains.fading", "features.chains.sticky", "features.labels"),
    *("features.budget.scale", "features.aggregations.elementwise", "connectivity.junction"),
    *(f"features.mechanisms.{name}" for name in ("cells", "drawn", "mlp", "products", "waves")),
    *("features.initialisations.bits", "connectivity.keys", "connectivity.shaped"),
    "features.initialisations.embeddings",
    "features.sources.independent",
    "temporal.series",
    "storage.digests",
):
    import_module(f"plurel_cli.{module}")  # where definitions are


@pytest.fixture
def with_twins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Compiled functions, while a test runs."""
    before = compiled.is_compiled()
    monkeypatch.setattr(start, "_is_refused", start._is_refused)  # later, as it was
    compiled.use(compiled=True)
    yield
    compiled.use(compiled=before)
