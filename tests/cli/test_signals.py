"""A run that is ended, at any moment, leaves no folder that passes for a database."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from plurel_cli import load, parse_config, schema_to, validate
from plurel_cli.cli.signals import ended_by_signals
from tests.cli.conftest import Run
from tests.cli.runs import ROOT, start
from tests.storage.samples import contents

ENDLESS = """
schema: {layout: explicit}
tables: {parent: {rows: 1000}, child: {rows: 4000000000, parents: [parent]}}
features: {model: none}
"""

SMALL = ROOT / "configs" / "small.yaml"


def _ended(place: Path, number: signal.Signals, *arguments: str | Path) -> int:
    """Exit code after a signal in the middle of a large table's file."""
    with start(*arguments, stderr=-1, stdout=-1) as process:
        while not any(path.stat().st_size for path in place.glob(".db.*/child.parquet")):
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)  # the table itself would take far longer
    assert out == b""
    assert b"Traceback" not in err
    return process.returncode


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)],
)
def test_ended_generate_leaves_no_database(
    run: Run, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    place, config = tmp_path / "place", tmp_path / "endless.yaml"
    config.write_text(ENDLESS)
    place.mkdir()
    found = _ended(place, number, "generate", "-c", config, "-o", place / "db", "--anyway")
    assert found == code
    left = os.listdir(place)
    if number == signal.SIGKILL:  # nothing can tidy up then, but the next run
        assert sorted(left) == [".db.plurel-lock", ".db.plurel-new"]
        assert run("validate", place / left[0]).is_refusal("is no database")
    else:
        assert left == []
    assert run("validate", place / "db").is_refusal("no such folder")
    assert run("generate", "-c", SMALL, "-o", place / "db").code == 0
    assert os.listdir(place) == ["db"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_ended_stage_leaves_the_folder_as_it_was(tmp_path: Path, number: signal.Signals) -> None:
    import yaml

    folder = tmp_path / "db"
    schema_to(folder, parse_config(yaml.safe_load(ENDLESS)), 1)
    before = contents(folder)
    assert _ended(tmp_path, number, "fk", folder) != 0
    assert contents(folder) == before
    assert validate(folder) == []
    assert load(folder).schema.stages == ("schema",)


def test_signals_that_are_ignored_stay_so(tmp_path: Path) -> None:
    """As under `nohup`."""
    ignoring = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    hang_up = (
        "import os, plurel_cli.storage.database as database; write = database.write_part\n"
        "def hang_up(*its): os.kill(os.getpid(), signal.SIGHUP); write(*its)\n"
        "database.write_part = hang_up"
    )
    arguments = "generate", "-c", SMALL, "-o", tmp_path / "db"
    with start(*arguments, before=f"{ignoring}\n{hang_up}") as process:
        assert process.wait() == 0
    assert validate(tmp_path / "db") == []
    with start(*arguments, "--force", before=f"import signal\n{hang_up}") as process:
        assert process.wait() == 129


def test_handlers_are_as_before_after_a_run(run: Run, tmp_path: Path) -> None:
    numbers = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
    before = [signal.getsignal(number) for number in numbers]
    n_files = len(os.listdir("/proc/self/fd"))
    assert run("generate", "-c", SMALL, "-o", tmp_path / "db").code == 0
    assert run("generate", "-c", SMALL, "-o", tmp_path / "db").code == 2
    assert [signal.getsignal(number) for number in numbers] == before
    assert len(os.listdir("/proc/self/fd")) == n_files


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
def test_what_a_library_makes_of_a_signal_is_an_ending(
    number: signal.Signals, code: type[BaseException]
) -> None:
    """DuckDB raises an error of its own where a handler has raised an ending."""
    with pytest.raises(code), ended_by_signals():
        try:
            signal.raise_signal(number)
        except (KeyboardInterrupt, SystemExit):
            raise RuntimeError("Query interrupted") from None
    with pytest.raises(RuntimeError, match="of its own"), ended_by_signals():
        raise RuntimeError("of its own")
