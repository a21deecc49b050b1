"""Processes that measure databases, each one after another, until their input ends.

A thread waits for each process. When the results are not wanted any more, by whatever way, the
processes are killed: they only read.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from plurel_cli.corpus.process import end, ending, imported, program, start, tell
from plurel_cli.errors import PlaceError, PlurelError
from plurel_cli.measure.corpus import Measured
from plurel_cli.measure.databases import Asked, Result, measure_one
from plurel_cli.storage.place import Place, place_of
from plurel_cli.waiting import result_of

_PROGRAM = program("plurel_cli.measure.workers")


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main() -> None:
    """Measure what is asked for, an answer to a line, until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    imported()
    for line in sys.stdin:
        answers.write(f"{json.dumps(_answer(**json.loads(line)))}\n")
        answers.flush()


def _answer(folder: str, family: str | None, apart: bool) -> dict[str, Any]:
    try:
        return asdict(measure_one(place_of(folder), Asked(family, apart)))
    except PlurelError as error:
        return {"refusal": str(error)}


class _Measurer:
    """One process."""

    def __init__(self) -> None:
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the worker)
        self._process = start(_PROGRAM, 1, self._words)

    def measure(self, folder: Place, asked: Asked) -> Result:
        """Measure one database."""
        assert self._process.stdout is not None  # noqa: S101
        try:
            tell(self._process, {"folder": str(folder), **asdict(asked)})
            line = self._process.stdout.readline()
        except OSError:
            line = b""
        if not line.endswith(b"\n"):
            rule = f"was not measured, as {ending(self._process, self._words)}"
            raise PlaceError(folder, rule, remedy="try fewer --jobs")
        answer = json.loads(line)
        if "refusal" in answer:
            place, _, rule = answer["refusal"].partition(": ")
            raise PlaceError(place, rule)
        return Result(Measured(**answer.pop("measured")), **answer)

    def kill(self) -> None:
        """End it now; who waits for an answer gets none."""
        self._process.kill()

    def close(self) -> None:
        """End it, and free what it holds."""
        end(self._process)
        self._words.close()


def measured_by(n_workers: int, folders: Sequence[Place], asked: Asked) -> Iterator[Result]:
    """Results of several processes, in the order of the folders.

    Parameters
    ----------
    n_workers
        How many processes.
    folders
        Databases to measure.
    asked
        What to measure of each.

    Yields
    ------
    Result

    Raises
    ------
    PlaceError
        For the first database that cannot be measured.
    """
    workers = [_Measurer() for _ in range(n_workers)]
    idle: queue.SimpleQueue[_Measurer] = queue.SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def measured(folder: Place) -> Result:
        worker = idle.get()
        try:
            return worker.measure(folder, asked)
        finally:
            idle.put(worker)

    pool = ThreadPoolExecutor(n_workers)
    try:
        for future in [pool.submit(measured, folder) for folder in folders]:
            yield result_of(future)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.kill()
        pool.shutdown()
        for worker in workers:
            worker.close()
