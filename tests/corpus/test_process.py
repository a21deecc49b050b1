"""What is written to a worker that has gone is an error, whatever SIGPIPE would do."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import signal, subprocess, sys, tempfile
from plurel_cli.corpus.process import end, tell
signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as commands have it
worker = subprocess.Popen([sys.executable, "-c", ""], stdin=-1, stdout=-1)
worker.wait()
for size in (1, 1 << 20):
    try:
        tell(worker, {"text": "x" * size})
    except BrokenPipeError:
        print("gone", flush=True)
end(worker)
print("ended", signal.SIGPIPE in signal.pthread_sigmask(signal.SIG_BLOCK, ()), flush=True)
sys.stdin.readline()
print("heard by nobody", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="there are no masks of signals")
def test_a_worker_that_has_gone_is_told_of_and_pipes_end_as_before() -> None:
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018
        words = [process.stdout.readline() for _ in range(3)]
        process.stdout.close()
        process.stdin.write("\n")
        process.stdin.close()
        assert process.wait(timeout=60) == -signal.SIGPIPE
    assert words == ["gone\n", "gone\n", "ended False\n"]
