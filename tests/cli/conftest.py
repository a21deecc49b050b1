from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from plurel_cli.cli import main
from tests.cli.runs import Result

Run = Callable[..., Result]

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)
"""What a command may handle otherwise, but only while it runs."""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in this process."""

    def run(*arguments: str | Path) -> Result:
        monkeypatch.setattr(sys, "argv", ["plurel", *map(str, arguments)])
        former = [signal.getsignal(number) for number in SIGNALS]
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        assert [signal.getsignal(number) for number in SIGNALS] == former
        return Result(int(ended.value.code or 0), *capsys.readouterr())

    return run
