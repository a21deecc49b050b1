from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bucket.store import Bucket

_NUMBERS = itertools.count()
PAGE = 100
"""Objects that an answer lists at most."""

_NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address of an object store on the loopback, and its log."""
    log = tmp_path_factory.mktemp("store") / "log"
    program = str(Path(__file__).with_name("server.py"))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    variables = os.environ | {"MOTO_S3_DEFAULT_MAX_KEYS": str(PAGE)}
    with (
        log.open("wb") as messages,
        subprocess.Popen(
            [sys.executable, program], stderr=messages, env=variables, **pipes
        ) as process,
    ):
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}", log
        process.kill()


@pytest.fixture(autouse=True)
def environment(server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is said of the store; nothing leads away from this machine."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ENDPOINT_URL": server[0],
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_METADATA_ENDPOINT": _NOWHERE,
        "AWS_MAX_ATTEMPTS": "2",
        **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1"),
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def bucket(server: tuple[str, Path], environment: None) -> Bucket:
    """An empty bucket."""
    made = Bucket(*server, f"bucket-{next(_NUMBERS)}")
    made.make()
    return made
