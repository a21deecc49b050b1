from __future__ import annotations

from pathlib import Path

import pytest

from plurel_cli import generate_corpus
from tests.corpus.samples import tiny_config

N = 8


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of the tiny config, made by one worker without interruption."""
    folder = tmp_path_factory.mktemp("corpora") / "undisturbed"
    generate_corpus(folder, tiny_config(), range(N), jobs=1)
    return folder


@pytest.fixture(autouse=True)
def one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """One worker is enough where nothing else is asked, and each takes a while to start."""
    monkeypatch.setattr("plurel_cli.corpus.engines.usable_cores", lambda: 1)


@pytest.fixture
def four_cores(monkeypatch: pytest.MonkeyPatch, one_core: None) -> None:
    """So that several workers are tried on any machine."""
    monkeypatch.setattr("plurel_cli.corpus.engines.usable_cores", lambda: 4)
