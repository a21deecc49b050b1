"""Databases in memory one after another, made ahead by worker processes.

For a loop that trains on what it is given and has no use for a disk. Each worker makes the
databases of every n-th seed, keeps at most two that nobody has asked for, and waits; so a loop that
is slower than the workers costs no more memory the longer it runs.
"""

from __future__ import annotations

import pickle
import struct
import tempfile
import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import count
from typing import IO, TYPE_CHECKING, Any, Self

from plurel_cli.config.arguments import checked
from plurel_cli.config.given import ConfigLike, as_mixture
from plurel_cli.config.mixture import Mixture
from plurel_cli.corpus import process
from plurel_cli.corpus.arguments import check_jobs
from plurel_cli.corpus.pool import WorkerError
from plurel_cli.errors import PlurelError, UsageError
from plurel_cli.numerics.stream import SEED_LIMIT
from plurel_cli.storage.machine import usable_cores

if TYPE_CHECKING:
    from plurel_cli.database import Database

AHEAD = 2
"""Databases that a worker keeps for later."""

_PROGRAM = process.program("plurel_cli.corpus.memory_worker")

SIZE = struct.Struct("<Q")
"""Before each answer, the number of its bytes."""


class SeedError(WorkerError):
    """A database of many that could not be made; the cause is what its worker raised, if it did."""


class _MemoryWorker:
    """A process that makes databases in the order in which it is asked."""

    def __init__(self, configs: list[dict[str, Any]], threads: int) -> None:
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the worker)
        self._process = process.start(_PROGRAM, threads, self._words)
        self._say({"configs": configs})

    def ask(self, seed: int, config: int) -> None:
        """Have it make a database, after those that it was asked for before."""
        self._say({"seed": seed, "config": config})

    def _say(self, message: dict[str, Any]) -> None:
        with suppress(OSError):  # it is gone, as its answer will say
            process.tell(self._process, message)

    def answer(self) -> Database | BaseException | str:
        """The next database; or what was raised in its place, or how the worker died."""
        data = self._read(SIZE.size)
        if data is not None:
            data = self._read(*SIZE.unpack(data))
        if data is None:
            return process.ending(self._process, self._words)
        answer: Database | BaseException = pickle.loads(data)  # noqa: S301 (by our own process)
        return answer

    def _read(self, n_bytes: int) -> bytes | None:
        assert self._process.stdout is not None  # noqa: S101
        data = self._process.stdout.read(n_bytes)
        return data if len(data) == n_bytes else None

    def end(self) -> None:
        process.end(self._process)
        self._words.close()


class Databases(Iterator["Database"]):
    """Databases in memory, in the order of their seeds; what `iter_databases` gives.

    An error of one seed is raised in its place, and the next call gives the database after it.
    Workers end when the iterator does, is closed or forgotten, or its `with` block is left.
    """

    def __init__(self, mixture: Mixture, seeds: Iterable[int], jobs: int) -> None:
        self._mixture = mixture
        self._seeds = iter(seeds)
        self._asked: deque[int] = deque()
        self._workers: list[_MemoryWorker] = []
        self._jobs = jobs
        self._n_asked, self._n_given = count(), count()
        self._is_over = False
        self._finalizer = weakref.finalize(self, _end, self._workers)

    def __next__(self) -> Database:
        while not self._is_over and len(self._asked) < self._jobs * (AHEAD + 1):
            self._ask()
        if not self._asked:
            self.close()
            raise StopIteration
        seed = self._asked.popleft()
        position = next(self._n_given) % self._jobs
        answer = self._workers[position].answer()
        if isinstance(answer, str):
            answer = self._alone(position, seed)
        if isinstance(answer, str):
            raise SeedError(f"seed {seed}", answer)
        if isinstance(answer, BaseException):
            if isinstance(answer, PlurelError):
                reason = "; ".join(str(answer).splitlines())
            else:
                reason = f"{type(answer).__name__}: {answer}"
            raise SeedError(f"seed {seed}", f"cannot be made: {reason}") from answer
        return answer

    def _ask(self) -> None:
        """Ask a worker for the database of the next seed."""
        seed = next(self._seeds, None)
        if seed is None:
            self._is_over = True
            return
        seed = _checked(seed)
        position = next(self._n_asked) % self._jobs
        if position == len(self._workers):
            self._workers.append(self._worker())
        self._workers[position].ask(seed, self._mixture.position(seed))
        self._asked.append(seed)

    def _worker(self) -> _MemoryWorker:
        configs = [component.resolved for component in self._mixture.components]
        return _MemoryWorker(configs, max(1, usable_cores() // self._jobs))

    def _alone(self, position: int, seed: int) -> Database | BaseException | str:
        """The answer of another worker in the place of one that died, maybe at a later seed."""
        self._replace(position)
        self._workers[position].ask(seed, self._mixture.position(seed))
        answer = self._workers[position].answer()
        if isinstance(answer, str):
            self._replace(position)
        for left in list(self._asked)[self._jobs - 1 :: self._jobs]:
            self._workers[position].ask(left, self._mixture.position(left))
        return answer

    def _replace(self, position: int) -> None:
        self._workers[position].end()
        self._workers[position] = self._worker()

    def close(self) -> None:
        """End the workers; there are no more databases then."""
        self._is_over = True
        self._asked.clear()
        _end(self._workers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _end(workers: list[_MemoryWorker]) -> None:
    while workers:
        workers.pop().end()


def _checked(seed: int) -> int:
    try:
        number = int(seed)
    except (TypeError, ValueError):
        raise UsageError("seeds", "must be integers", seed) from None
    if number != seed or not 0 <= number < SEED_LIMIT:
        raise UsageError("seeds", f"must be integers from 0 to {SEED_LIMIT - 1}", seed)
    return number


@checked
def iter_databases(
    config: ConfigLike | Mixture = None, seeds: Iterable[int] = range(1), *, jobs: int | None = None
) -> Databases:
    """Databases in memory, made ahead by worker processes, in the order of their seeds.

    Parameters
    ----------
    config
        What to draw from, as in `generate`, or a mixture of configs or its file.
    seeds
        One for each database, in any order and number; `itertools.count()` never ends.
    jobs
        Worker processes; by default one for each core.

    Returns
    -------
    Databases
        An iterator, which a `with` block or its `close` ends early. Each database is the one that
        `generate` makes; at most three a worker are made before they are asked for.

    Raises
    ------
    UsageError
        If an argument cannot be used. A seed is looked at when its turn comes.
    ConfigError
        If the config cannot be used.
    SeedError
        While iterating, if the database of a seed cannot be made; the next call goes on after it.

    Examples
    --------
    >>> with iter_databases({"schema": {"tables": 3}}, range(2), jobs=1) as databases:
    ...     [database.schema.seed for database in databases]
    [0, 1]
    """
    if jobs is not None:
        check_jobs(jobs)
    return Databases(as_mixture(config), seeds, jobs or usable_cores())


def send(out: IO[bytes], answer: Database | BaseException) -> None:
    """Write an answer as `_MemoryWorker.answer` reads it.

    Parameters
    ----------
    out
        The worker's standard output.
    answer
        The database, or what was raised in its place.
    """
    data = pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
    out.write(SIZE.pack(len(data)))
    out.write(data)
    out.flush()
