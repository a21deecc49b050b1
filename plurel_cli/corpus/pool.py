"""Worker processes, and requests dealt out to them.

A thread for each worker gives it one request after another and waits for the answer. A worker that
dies, as one that the system kills for want of memory, loses its request and is followed by another.
When the pool is left, by whatever way, its workers are killed and their unfinished folders removed.
"""

from __future__ import annotations

import json
import queue
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from plurel_cli.corpus.nursery import Nursery, is_possible
from plurel_cli.corpus.process import Process, end, ending, program, start, tell
from plurel_cli.errors import PlaceError
from plurel_cli.storage.member_removal import remove_work
from plurel_cli.storage.naming import member_name
from plurel_cli.storage.place import Place
from plurel_cli.waiting import next_of

_PROGRAM = program("plurel_cli.corpus.worker")


class WorkerError(PlaceError):
    """A worker that cannot even start."""


class Request(NamedTuple):
    """A database to make."""

    seed: int
    config: int


class Outcome(NamedTuple):
    """What became of a request: made, failed, or lost with its worker or for want of memory."""

    request: Request
    kind: Literal["done", "failed", "lost"]
    answer: dict[str, Any]


@dataclass(frozen=True)
class Setup:
    """What workers need.

    Attributes
    ----------
    folder
        The corpus.
    prefix
        What the names of its databases begin with.
    configs
        Configs as plain data with their sources, which requests name by position.
    workers
        How many.
    threads
        Threads that Polars may use in each.
    memory
        Bytes that each may use, if there is a limit.
    """

    folder: Place
    prefix: str
    configs: tuple[dict[str, Any], ...]
    workers: int
    threads: int
    memory: int | None

    def as_data(self) -> dict[str, Any]:
        """What each worker is told first."""
        return {
            "folder": str(self.folder),
            "prefix": self.prefix,
            "configs": self.configs,
            "memory": self.memory,
        }


Outcomes = Callable[[Setup, Iterable[Request]], Generator[Outcome]]
"""What makes databases: `outcomes`, or `ray_cluster.ray_outcomes`."""


class _Gone(Exception):
    """A worker that ended without an answer, and why."""


class _Worker:
    """One process. Methods are called by one thread, but `kill` by any."""

    def __init__(self, setup: Setup, nursery: Nursery | None) -> None:
        self._folder, self._prefix = setup.folder, setup.prefix
        self._request: Request | None = None
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the worker)
        forked = None if nursery is None else nursery.forked(self._words)
        self._process: Process = forked or start(_PROGRAM, setup.threads, self._words)
        self._first = setup.as_data()

    def start(self) -> None:
        """Wait until it is ready."""
        self._ask(self._first)

    def make(self, request: Request) -> dict[str, Any]:
        """Its answer to a request."""
        self._request = request
        answer = self._ask(request._asdict())
        self._request = None
        return answer

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101
        try:
            tell(self._process, message)
            line = self._process.stdout.readline()
        except OSError:
            line = b""
        if not line.endswith(b"\n"):
            raise _Gone(ending(self._process, self._words))
        answer: dict[str, Any] = json.loads(line)
        return answer

    def kill(self) -> None:
        """End it now."""
        self._process.kill()

    def close(self) -> None:
        """End it, and remove what it left unfinished."""
        end(self._process)
        self._words.close()
        if self._request is not None:
            name = member_name(self._prefix, self._request.seed)
            remove_work(self._folder, name, self._process.pid)


class _Pool:
    """Threads, a worker each, that share requests."""

    def __init__(self, setup: Setup, requests: Iterable[Request]) -> None:
        self._setup = setup
        self._requests = iter(requests)
        self._lock = threading.Lock()
        self._is_over = False
        self._alive: set[_Worker] = set()
        several = setup.workers > 1 and is_possible()
        self._nursery = Nursery(setup.as_data(), setup.threads) if several else None
        self.outcomes: queue.SimpleQueue[Outcome | BaseException | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._serve, daemon=True) for _ in range(setup.workers)
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Kill what is at work and wait for it to be gone."""
        with self._lock:
            self._is_over = True
            if self._nursery is not None:
                self._nursery.stop()
            for worker in self._alive:
                worker.kill()
        for thread in self._threads:
            thread.join()
        if self._nursery is not None:
            self._nursery.close()

    def _next(self) -> Request | None:
        with self._lock:
            return None if self._is_over else next(self._requests, None)

    def _serve(self) -> None:
        worker: _Worker | None = None
        try:
            while (request := self._next()) is not None:
                worker = worker or self._started()
                if worker is None:
                    break
                try:
                    answer = worker.make(request)
                except _Gone as gone:
                    answer = {"is": "lost", "why": str(gone)}
                    self._close(worker)
                    worker = None
                self.outcomes.put(Outcome(request, answer.pop("is"), answer))
        except BaseException as error:  # for the thread that waits to raise
            self.outcomes.put(error)
        finally:
            if worker is not None:
                self._close(worker)
            self.outcomes.put(None)

    def _started(self) -> _Worker | None:
        """A worker that is ready; nothing if the pool is over."""
        why = ""
        for _ in range(2):
            with self._lock:
                if self._is_over:
                    return None
            worker = _Worker(self._setup, self._nursery)
            with self._lock:
                self._alive.add(worker)
                if self._is_over:
                    worker.kill()
            try:
                worker.start()
            except _Gone as gone:
                why = str(gone)
                self._close(worker)
            else:
                return worker
        with self._lock:
            if self._is_over:
                return None
        raise WorkerError("a worker", f"cannot start: {why}")

    def _close(self, worker: _Worker) -> None:
        with self._lock:
            self._alive.discard(worker)
        worker.close()


def outcomes(setup: Setup, requests: Iterable[Request]) -> Generator[Outcome]:
    """What becomes of requests, in the order in which they end.

    Close the iterator to kill the workers, as with `contextlib.closing`.

    Parameters
    ----------
    setup
        What workers need.
    requests
        Databases to make.

    Returns
    -------
    iterator
        An outcome for each request.

    Raises
    ------
    WorkerError
        If no worker can start.
    """
    pool = _Pool(setup, requests)
    left = setup.workers
    try:
        while left:
            outcome = next_of(pool.outcomes)
            if isinstance(outcome, BaseException):
                raise outcome
            if outcome is None:
                left -= 1
            else:
                yield outcome
    finally:
        pool.end()
