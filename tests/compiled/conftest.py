"""What is compiled is tested where numba is installed, as the extra `test` has it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from plurel_cli import compiled
from plurel_cli.compiled import start

collect_ignore = (
    []
    if find_spec("numba")
    else [
        *("test_twins.py", "test_columns.py", "test_key_twins.py"),
        *("test_values.py", "test_cache.py"),
    ]
)


@pytest.fixture
def with_twins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Compiled functions, while a test runs."""
    before = compiled.is_compiled()
    monkeypatch.setattr(start, "_is_refused", start._is_refused)  # later, as it was
    compiled.use(compiled=True)
    yield
    compiled.use(compiled=before)
