"""Workers that are forked answer as those that are started, and end as told."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plurel_cli import generate_corpus
from plurel_cli.corpus import nursery as module
from plurel_cli.corpus.nursery import Forked, Nursery
from plurel_cli.corpus.pool import Setup
from plurel_cli.corpus.process import end, ending
from tests.corpus.conftest import N
from tests.corpus.samples import same_corpus, tiny_config

pytestmark = pytest.mark.skipif(not module.is_possible(), reason="forks on Linux alone")


@pytest.fixture
def setup(tmp_path: Path) -> dict[str, Any]:
    resolved = {"resolved": tiny_config().resolved(), "sources": None}
    return Setup(tmp_path, "db", (resolved,), 2, 1, None).as_data()


@pytest.fixture
def nursery(setup: dict[str, Any]) -> Iterator[Nursery]:
    nursery = Nursery(setup, 1)
    yield nursery
    nursery.close()


def _ask(worker: Forked, message: dict[str, Any]) -> dict[str, Any]:
    worker.stdin.write(f"{json.dumps(message)}\n".encode())
    worker.stdin.flush()
    answer: dict[str, Any] = json.loads(worker.stdout.readline())
    return answer


def _status(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _runs(pid: int) -> bool:
    """Whether a process runs; one that has ended may wait to be asked about."""
    try:
        return _status(pid)[0] != "Z"
    except FileNotFoundError:
        return False


def test_workers_of_one_nursery_make_databases(
    nursery: Nursery, setup: dict[str, Any], tmp_path: Path
) -> None:
    with tempfile.TemporaryFile() as words:
        workers = [nursery.forked(words) for _ in range(2)]
        for seed, worker in enumerate(workers):
            assert worker is not None
            assert _ask(worker, setup) == {"is": "ready"}
            assert _ask(worker, {"seed": seed, "config": 0})["is"] == "done"
            assert int(_status(worker.pid)[1]) == nursery._process.pid
            assert (tmp_path / f"db-00000{seed}" / "schema.json").is_file()
        for worker in workers:
            assert worker is not None
            end(worker)
            assert worker.wait() == -signal.SIGKILL
            assert not _runs(worker.pid)


def test_how_a_worker_died_is_told(nursery: Nursery) -> None:
    with tempfile.TemporaryFile() as words:
        worker = nursery.forked(words)
        assert worker is not None
        words.write(b"memory allocation failed\n")
        words.flush()
        os.kill(worker.pid, signal.SIGABRT)
        assert ending(worker, words) == "its worker died (SIGABRT): memory allocation failed"
        end(worker)


def test_a_nursery_that_is_gone_forks_nothing_and_knows_who_ended(nursery: Nursery) -> None:
    with tempfile.TemporaryFile() as words:
        worker = nursery.forked(words)
        assert worker is not None
        nursery._process.kill()
        nursery._process.wait()
        assert nursery.forked(words) is None
        end(worker)
        assert worker.wait() == -signal.SIGKILL
        assert not _runs(worker.pid)


def test_workers_end_with_whoever_asks(nursery: Nursery) -> None:
    with tempfile.TemporaryFile() as words:
        worker = nursery.forked(words)
        assert worker is not None
        worker.stdin.close()
        assert worker.wait() == 0
        worker.stdout.close()


@pytest.mark.usefixtures("four_cores")
@pytest.mark.parametrize("code", ["raise SystemExit(1)", "import polars; {program}"])
def test_without_a_nursery_workers_are_started(
    undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """As where it cannot begin, or has threads, of which a fork would have one alone."""
    monkeypatch.setattr(module, "_PROGRAM", code.format(program=module._PROGRAM))
    generate_corpus(tmp_path / "c", tiny_config(), range(N), jobs=2)
    assert same_corpus(tmp_path / "c", undisturbed)
