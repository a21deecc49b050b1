"""Buckets: a corpus and a large table, beside the same in a folder.

The object store is a server of its own on the same machine, so its own work is in all times. What
is asked of it is counted by its log, and does not depend on the machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from benchmarks.corpus import PLUREL
from benchmarks.timing import seconds

_SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""
_LARGE = """
schema: {layout: explicit}
tables: {parent: {rows: 1000}, child: {rows: %d, parents: [parent, parent]}}
features: {model: none}
"""
_GENERATE = """
import sys
from benchmarks.memory import peak_mib
from benchmarks.timing import seconds
from plurel_cli import generate_to, load_config
config = load_config(sys.argv[1])
took = seconds(lambda: generate_to(sys.argv[2], config, 0, force=True))
print(took, peak_mib())
"""
_LOGGED = re.compile(r'"(?:\x1b\[[\d;]*m)*([A-Z]+) (\S+) HTTP')
_N = 200
_REPEATS = 3


@contextmanager
def _store(folder: Path) -> Iterator[Path]:
    """A server with a bucket, named by the environment; gives its log."""
    log = folder / "log"
    command = [sys.executable, "-c", _SERVER]
    pipe = subprocess.PIPE
    with (
        log.open("wb") as words,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=words) as server,
    ):
        assert server.stdout is not None  # noqa: S101
        endpoint = f"http://127.0.0.1:{int(server.stdout.readline())}"
        urlopen(Request(f"{endpoint}/bucket", method="PUT"))  # noqa: S310
        os.environ |= {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        yield log
        server.kill()


def _asked(log: Path, since: int) -> Counter[str]:
    """Requests since then, by kind."""
    requests: Counter[str] = Counter()
    for method, url in _LOGGED.findall(log.read_bytes()[since:].decode()):
        requests["LIST" if "list-type" in url else method] += 1
    return requests


def _run(*words: str) -> object:
    return lambda: subprocess.run([PLUREL, *words], check=True, capture_output=True)


def _corpora(folder: Path, log: Path) -> None:
    options = "corpus", "-c", "configs/small.yaml", "--seeds", f"0:{_N}"
    places = str(folder / "c"), "s3://bucket/c"
    times: dict[str, list[float]] = {place: [] for place in places}
    for _ in range(_REPEATS):
        for place in places:
            times[place].append(seconds(_run(*options, "--force", "-o", place)))  # type: ignore[arg-type]
    local, remote = (min(times[place]) for place in places)
    print(f"  {_N} databases of configs/small.yaml: {remote / local:.2f} times as long as a folder")
    since = log.stat().st_size
    _run(*options, "-o", "s3://bucket/counted")()  # type: ignore[operator]
    made = _asked(log, since)
    tables = sum(1 for path in (folder / "c").rglob("*.parquet"))
    words = ", ".join(f"{made[kind] / _N:.2f} {kind}" for kind in ("PUT", "LIST", "GET", "POST"))
    print(f"  requests a database of {tables / _N:.2f} tables: {words}")
    since = log.stat().st_size
    took = seconds(_run(*options, "--resume", "-o", "s3://bucket/counted"))  # type: ignore[arg-type]
    kept = _asked(log, since)
    words = ", ".join(f"{n} {kind}" for kind, n in sorted(kept.items()))
    print(f"  resuming them: {took:.2f} s, {words}")


def _large(folder: Path) -> None:
    for rows in (1_000_000, 10_000_000, 30_000_000):
        config = folder / "large.yaml"
        config.write_text(_LARGE % rows)
        for place in (str(folder / "large"), "s3://bucket/large"):
            command = [sys.executable, "-c", _GENERATE, str(config), place]
            answer = subprocess.run(command, check=True, capture_output=True, text=True)
            took, peak = map(float, answer.stdout.split())
            print(f"  {rows:11,} rows to {place[:12]:12}: {took:6.2f} s, peak {peak:4.0f} MiB")


def run() -> None:
    print("buckets, on a server of this machine")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with _store(folder) as log:
            _corpora(folder, log)
            _large(folder)
