from __future__ import annotations

import pytest

from plurel_cli.features import blas
from plurel_cli.features.blas import one_thread


def test_one_thread_within_and_as_before_after() -> None:
    controls = blas._controls()
    assert controls is not None, "numpy's wheels bring an OpenBLAS"
    getter, setter = controls
    before = getter()
    try:
        setter(2)
        with one_thread():
            assert getter() == 1
        assert getter() == 2
        with pytest.raises(KeyError), one_thread():
            raise KeyError
        assert getter() == 2
    finally:
        setter(before)


def test_another_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blas, "_controls", lambda: None)
    with one_thread():
        pass
