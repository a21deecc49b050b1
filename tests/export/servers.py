"""PostgreSQL and MariaDB, started on loopback for a test run, each in a folder of its own.

As root, which both refuse to run as, they run as the users that their packages make. No data is
brought to the disk: what a loss of power does is not tested here.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_PATIENCE_S = 60


def _program(name: str, package: str) -> str:
    """The path of a server's program; a test that finds none fails, and says what to install."""
    places = [os.environ["PATH"], "/usr/sbin", "/usr/local/sbin"]
    places += sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    path = shutil.which(name, path=os.pathsep.join(places))
    if path is None:
        pytest.fail(f"no {name}: install {package} (.ci/run does)", pytrace=False)
    return path


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _home(user: str) -> Iterator[tuple[Path, str | None]]:
    """A folder for a server, and the user to run it as; none where that is whoever runs this."""
    folder = Path(tempfile.mkdtemp(prefix="plurel-", dir="/dev/shm"))
    account = None
    if os.geteuid() == 0:
        account = user
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    try:
        yield folder, account
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str], user: str | None, folder: Path) -> None:
    done = subprocess.run(
        command, user=user, cwd=folder, env=_environment(folder), check=False, capture_output=True
    )
    if done.returncode:
        pytest.fail(f"{command[0]} failed:\n{done.stderr.decode()[-2000:]}", pytrace=False)


def _environment(folder: Path) -> dict[str, str]:
    """What a server is told by its environment: another user may not write elsewhere."""
    return os.environ | {"TMPDIR": str(folder), "HOME": str(folder)}


@contextmanager
def _served(
    command: list[str], user: str | None, folder: Path, is_up: Callable[[], bool]
) -> Iterator[None]:
    """A server that runs while the block does."""
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command, user=user, cwd=folder, env=_environment(folder), stdout=log, stderr=log
        )
    try:
        began = time.monotonic()
        while not is_up():
            is_gone = server.poll() is not None
            if is_gone or time.monotonic() - began > _PATIENCE_S:
                pytest.fail(f"no server:\n{(folder / 'log').read_text()[-2000:]}", pytrace=False)
            time.sleep(0.05)
        yield
    finally:
        server.send_signal(signal.SIGQUIT if "postgres" in command[0] else signal.SIGKILL)
        server.wait()


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server without a database's name."""
    import psycopg

    initdb, program = _program("initdb", "postgresql"), _program("postgres", "postgresql")
    with _home("postgres") as (folder, user):
        data, port = folder / "data", _port()
        options = ["-A", "trust", "-U", "tester", "-E", "UTF8", "--locale=C", "--no-sync"]
        _run([initdb, "-D", str(data), *options], user, folder)
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "shared_buffers": "32MB",
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        url = f"postgresql://tester@127.0.0.1:{port}/"

        def is_up() -> bool:
            try:
                psycopg.connect(f"{url}postgres", connect_timeout=2).close()
            except psycopg.OperationalError:
                return False
            return True

        with _served([program, "-D", str(data), "-p", str(port), *words], user, folder, is_up):
            yield url


@contextmanager
def mariadb(*options: str) -> Iterator[str]:
    """The URL of a MariaDB server without a database's name.

    Parameters
    ----------
    options
        Of the server.
    """
    import pymysql

    install = _program("mariadb-install-db", "mariadb-server")
    program = _program("mariadbd", "mariadb-server")
    with _home("mysql") as (folder, user):
        data, port = folder / "data", _port()
        words = ["--no-defaults", f"--datadir={data}", "--innodb-log-file-size=8M"]
        words += ["--innodb-flush-log-at-trx-commit=0"]
        login = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        _run([install, *words, *login], user, folder)
        words += [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder / 'socket'}"]
        words += ["--innodb-buffer-pool-size=64M", "--skip-name-resolve", *options]

        def is_up() -> bool:
            try:
                pymysql.connect(host="127.0.0.1", port=port, user="root").close()
            except pymysql.OperationalError:
                return False
            return True

        with _served([program, *words], user, folder, is_up):
            yield f"mysql://root@127.0.0.1:{port}/"
