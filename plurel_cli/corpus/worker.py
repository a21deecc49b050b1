"""A process that makes databases one after another.

It is started with a program of one line, reads requests as lines of JSON from its standard input
and answers each with a line. When its input ends, whoever started it is gone, and it ends at once,
whatever it is doing: a database is whole or not there.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

from plurel_cli.corpus.process import imported
from plurel_cli.errors import BusyError, FolderError, PlurelError, ShortOfMemoryError
from plurel_cli.storage.place import Place, place_of

if TYPE_CHECKING:
    from plurel_cli.schema.model import Schema
    from plurel_cli.storage.ledger import Ledger

_LATE = ("plurel_cli.features.stage", "plurel_cli.pipeline")
"""Modules imported before the first database, whose seconds they are not."""

_OF_MEMORY = "ran out of memory: "
_LONGEST = 300


def main(makes: Maker | None = None) -> None:
    """Make databases until the input ends.

    Parameters
    ----------
    makes
        What makes them, if that is there already.
    """
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what libraries print is no answer
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests), daemon=True).start()
    setup = requests.get()
    _limit_memory(setup["memory"])
    makes = makes or maker_of(setup)
    import_module("polars")
    imported()
    _answer(answers, {"is": "ready"})
    while True:
        _answer(answers, makes(**requests.get()))


def maker_of(setup: dict[str, Any]) -> Maker:
    """What makes databases, from the first message of a worker."""
    return Maker(place_of(setup["folder"]), setup["prefix"], setup["configs"])


def _listen(lines: IO[bytes], requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    for line in lines:
        requests.put(json.loads(line))
    os._exit(0)


def _answer(answers: IO[bytes], answer: dict[str, Any]) -> None:
    data = f"{json.dumps(answer)}\n".encode()
    while data:
        data = data[answers.write(data) :]


def _limit_memory(n_bytes: int | None) -> None:
    """Let allocations fail beyond a limit, where the system can hold a process to one.

    What is limited is memory of the process' own (`RLIMIT_DATA`), which the address space
    (`RLIMIT_AS`) exceeds several times over by what is reserved and never used.
    """
    if n_bytes is None:
        return
    try:
        import resource
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    limit = n_bytes if most == resource.RLIM_INFINITY else min(n_bytes, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


class Maker:
    """Makes the databases of a corpus' folder."""

    def __init__(self, folder: Place, prefix: str, configs: list[dict[str, Any]]) -> None:
        from plurel_cli.config import parse_config
        from plurel_cli.schema.sources import Sources

        for name in _LATE:
            import_module(name)
        self._folder, self._prefix = folder, prefix
        self._resolved = [config["resolved"] for config in configs]
        self._configs = [
            parse_config(config["resolved"]).with_sources(
                config["sources"] and Sources.model_validate(config["sources"])
            )
            for config in configs
        ]

    def __call__(self, seed: int, config: int) -> dict[str, Any]:
        """The answer to a request."""
        from plurel_cli.corpus.facts import facts_of
        from plurel_cli.storage.members import stamp
        from plurel_cli.storage.naming import member_name

        began = time.monotonic()
        target = self._folder / member_name(self._prefix, seed)
        try:
            schema, ledger = self._made(target, seed, config)
            stamped = stamp(target)
            facts = facts_of(target, schema, ledger)
        except (MemoryError, ShortOfMemoryError, BusyError) as error:
            of_memory = _OF_MEMORY if isinstance(error, MemoryError) else ""
            return {"is": "lost", "why": of_memory + _told(error)}
        except PlurelError as error:
            return {"is": "failed", "why": _told(error), "seconds": time.monotonic() - began}
        except Exception as error:  # one database of many: the others go on
            why = f"{type(error).__name__}: {_told(error)}"
            return {"is": "failed", "why": why, "seconds": time.monotonic() - began}
        return {
            "is": "done",
            "rows": sum(table.rows for table in schema.tables),
            "bytes": stamped.n_bytes,
            "digest": stamped.digest,
            "tags": stamped.tags,
            "facts": facts.model_dump(mode="json", exclude_none=True),
            "seconds": time.monotonic() - began,
        }

    def _made(self, target: Place, seed: int, config: int) -> tuple[Schema, Ledger | None]:
        """The schema of a database that is made, with what was noted of its files, or of one that
        has been made by a worker that did not say.
        """
        from plurel_cli import __version__
        from plurel_cli.pipeline import written_to
        from plurel_cli.storage.members import is_whole, made_by

        try:
            return written_to(target, self._configs[config], seed)
        except FolderError:
            there = made_by(target, seed, self._resolved[config], __version__)
            if there is None or not is_whole(target, there):
                raise
            return there, None


def _told(error: BaseException) -> str:
    text = "; ".join(str(error).splitlines())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
