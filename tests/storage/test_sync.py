"""Files that go to the disk while they are written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from plurel_cli.storage import sync
from plurel_cli.storage.sync import Draining


def _write(path: Path, sizes: list[int]) -> bytes:
    pieces = [bytes([index]) * size for index, size in enumerate(sizes)]
    with path.open("wb") as file:
        draining = Draining(file)
        assert [draining.write(piece) for piece in pieces] == sizes
        draining.flush()
        assert path.stat().st_size == sum(sizes)
    return b"".join(pieces)


def test_each_byte_is_begun_once_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[int, int]] = []
    monkeypatch.setattr(sync, "_STEP_BYTES", 100)
    monkeypatch.setattr(
        os, "posix_fadvise", lambda _file, at, n, _advice: begun.append((at, n)), raising=False
    )
    monkeypatch.setattr(os, "POSIX_FADV_DONTNEED", 4, raising=False)
    path = tmp_path / "file"
    whole = _write(path, [99, 1, 250, 0, 60, 39, 2])
    assert path.read_bytes() == whole
    assert begun == [(0, 100), (100, 250), (350, 101)]


@pytest.mark.parametrize("is_there", [True, False])
def test_advice_that_is_not_taken_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    def refuse(*_: int) -> None:
        raise OSError

    monkeypatch.setattr(sync, "_STEP_BYTES", 10)
    if is_there:
        monkeypatch.setattr(os, "posix_fadvise", refuse, raising=False)
        monkeypatch.setattr(os, "POSIX_FADV_DONTNEED", 4, raising=False)
    else:
        monkeypatch.delattr(os, "posix_fadvise", raising=False)
    path = tmp_path / "file"
    whole = _write(path, [25, 25])
    assert path.read_bytes() == whole
