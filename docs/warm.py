"""`plurel` and `python -` that start at once, for pages of many commands.

A server has imported all that commands need, and no more than imported it: it has no threads. For
each command it forks, and the child takes over the caller's files, folder, environment and
arguments. What is put on the path is a client of a few lines, which waits for the exit code.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

_CLIENT = """#!{python} -IS
import json, os, signal, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
said = json.dumps([{name!r}, sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
socket.send_fds(server, [len(said).to_bytes(4, "big")], [0, 1, 2])
server.sendall(said)
code = int(server.makefile().readline() or 1)
if code < 0:
    if -code != signal.SIGKILL:
        signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
sys.exit(code)
"""

NAMES = ("plurel", "python")


@contextmanager
def warm_commands() -> Iterator[Path]:
    """A folder of commands for the front of a path, which work until the context is left.

    Yields
    ------
    Path
        Holds `plurel`, and a `python` that runs what stands in its standard input, or after `-c`.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        address = str(place / "server")
        for name in NAMES:
            client = place / name
            client.write_text(
                _CLIENT.format(python=sys.executable, address=address, name=name), encoding="utf-8"
            )
            client.chmod(0o755)
        command = [sys.executable, "-m", "docs.warm", address]
        server = subprocess.Popen(
            command,
            cwd=Path(__file__).parents[1],
            env=os.environ | {"PYTHONWARNINGS": "default"},
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
        )
        try:
            assert server.stdout is not None  # noqa: S101 (it is a pipe)
            server.stdout.readline()
            yield place
        finally:
            server.terminate()
            server.wait()
            server.stdout.close()


def serve(address: str) -> NoReturn:
    """Fork for each command that is asked for at an address, for ever."""
    _import_all()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(64)
        print("ready", flush=True)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            asking, _ = listening.accept()
            size, files, _, _ = socket.recv_fds(asking, 4, 3)
            said = b""
            while len(said) < int.from_bytes(size, "big"):
                said += asking.recv(1 << 16)
            if os.fork() == 0:
                listening.close()
                _attend(asking, files, json.loads(said))
            asking.close()
            for file in files:
                os.close(file)


def _attend(asking: socket.socket, files: list[int], said: list[Any]) -> NoReturn:
    """Start a command and tell the caller how it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        asking.close()
        _become(files, *said)
    for file in files:
        os.close(file)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):
        asking.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(
    files: list[int], name: str, arguments: list[str], folder: str, environment: dict[str, str]
) -> NoReturn:
    """Be the command, with what its caller has."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115 (as long as the process)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:] = [name, *arguments]
    code: object = 0
    try:
        if name == "python" and arguments[:1] == ["-c"]:
            sys.argv[:] = ["-c", *arguments[2:]]
            exec(compile(arguments[1], "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102
        elif name == "python":
            program = Path(folder) / ".program.py"
            text = sys.stdin.read()
            program.write_text(text, encoding="utf-8")
            try:
                runpy.run_path(str(program), run_name="__main__")
            finally:
                program.unlink()
        else:
            from plurel_cli.cli import main

            main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    if isinstance(code, str):
        print(code, file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def _import_all() -> None:
    import plurel_cli
    from plurel_cli import load_config

    for module in pkgutil.walk_packages(plurel_cli.__path__, "plurel_cli."):
        if module.name.startswith("plurel_cli.compiled.code."):  # which takes a minute to compile
            continue
        with contextlib.suppress(ImportError):  # an extra that is not there
            importlib.import_module(module.name)
    load_config("small")
    gc.freeze()


if __name__ == "__main__":
    serve(sys.argv[1])
