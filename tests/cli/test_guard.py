"""Where memory is limited, a command ends in one line, whatever it is that is refused memory."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from plurel_cli.cli.guard import memory_limit
from tests.cli.runs import Result, in_process, start

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="limits on memory act on Linux"
)

ROWS = """
schema: {layout: explicit, columns: 3}
tables:
  users: {rows: 30}
  likes: {rows: 300000, parents: [users]}
"""

MIB = 1 << 20


def _limited(n_bytes: int, kind: str = "RLIMIT_AS") -> str:
    return f"import resource; resource.setrlimit(resource.{kind}, ({n_bytes}, {n_bytes}))"


def _run(n_bytes: int, *arguments: str | Path, before: str = "") -> Result:
    return in_process(*arguments, before=f"{before}\n{_limited(n_bytes)}")


@pytest.mark.parametrize("mib", [110, 350, 850])
def test_one_line_says_that_memory_is_short(mib: int, tmp_path: Path) -> None:
    """What fails is a library's start, its threads, or its work: three that end a process."""
    (tmp_path / "rows.yaml").write_text(ROWS)
    ended = _run(mib * MIB, "generate", "-c", tmp_path / "rows.yaml", "-o", tmp_path / "db")
    assert ended.is_refusal("needs more memory than", "let it use more"), ended
    assert not (tmp_path / "db").exists()


def test_what_is_sure_to_fail_is_not_begun(tmp_path: Path) -> None:
    """With less than it takes to fit, which is refused before anything is written or fitted."""
    (tmp_path / "rows.yaml").write_text(ROWS)
    arguments = ("generate", "-c", tmp_path / "rows.yaml", "-o", tmp_path / "db")
    before = "import plurel_cli.pipeline as p; p.generate_to = None"
    ended = in_process(*arguments, before=f"{before}\n{_limited(140 * MIB, 'RLIMIT_DATA')}")
    assert ended.is_refusal("table likes", "the 147 MB", "lower tables.likes.rows"), ended


def test_a_command_that_has_enough_ends_as_ever(tmp_path: Path) -> None:
    words = "import os; os.write(2, b'hello\\nno end')"
    made = _run(4000 * MIB, "schema", "--format", "dot", before=words)
    assert made.code == 0
    assert made.out.startswith("digraph")
    assert made.err == "hello\nno end"
    refused = _run(4000 * MIB, "validate", tmp_path)
    assert refused.is_refusal("schema.json")


WAITING = """
import plurel_cli.cli as cli, time
def _run(*streams):
    import sys
    sys.stderr.write("ready\\n"); sys.stderr.flush()
    time.sleep(60)
cli._run = _run
"""


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (signal.SIGTERM, -signal.SIGTERM, b""),
        (signal.SIGINT, 130, b"error: interrupted\n"),
        (signal.SIGKILL, -signal.SIGKILL, b""),
    ],
)
def test_signals_reach_the_command(number: signal.Signals, code: int, words: bytes) -> None:
    with start("--help", before=f"{_limited(4000 * MIB)}\n{WAITING}", stderr=-1) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"ready\n"
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == 1
        os.kill(process.pid, number)
        assert process.stderr.read() == words  # to its end, which is the child's as well
        assert process.wait() == code


def test_without_a_limit_there_is_one_process() -> None:
    with start("--help", before=WAITING, stderr=-1) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"ready\n"
        assert not Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        process.kill()


def test_the_limit_is_the_least_of_both(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    limits = {resource.RLIMIT_AS: resource.RLIM_INFINITY, resource.RLIMIT_DATA: 7}
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (limits[kind],) * 2)
    assert memory_limit() == 7
    limits[resource.RLIMIT_DATA] = resource.RLIM_INFINITY
    assert memory_limit() is None
