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
from dataclasses import dataclass
from io import FileIO
from itertools import count
from typing import IO, TYPE_CHECKING, Any, Self, TypeAlias

from plurel_cli.config.arguments import checked
from plurel_cli.config.given import ConfigLike, as_mixture
from plurel_cli.config.mixture import Mixture
from plurel_cli.corpus import process
from plurel_cli.corpus.arguments import check_jobs
from plurel_cli.corpus.filling import Filling
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


_Answered: TypeAlias = "Database | BaseException | str"
"""A database, what was raised in its place, or how its worker died."""


class _MemoryWorker:
    """A process that makes databases in the order in which it is asked."""

    def __init__(self, configs: list[dict[str, Any]], threads: int) -> None:
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the worker)
        self._process = process.start(_PROGRAM, threads, self._words)
        assert self._process.stdout is not None  # noqa: S101
        self.answers = FileIO(self._process.stdout.fileno(), closefd=False)
        try:
            self._say({"configs": configs})
        except BaseException:
            self.end()
            raise

    def ask(self, seed: int, config: int) -> _Answer:
        """Have it make a database, after those that it was asked for before."""
        self._say({"seed": seed, "config": config})
        return _Answer(self)

    def _say(self, message: dict[str, Any]) -> None:
        with suppress(OSError):  # it is gone, as its answer will say
            process.tell(self._process, message)

    def ending(self) -> str:
        """How it died, once its answers have ended."""
        return process.ending(self._process, self._words)

    def end(self) -> None:
        process.end(self._process)
        self._words.close()


class _Answer:
    """A worker's answer, as far as it has been read; those before it must have been read."""

    def __init__(self, worker: _MemoryWorker) -> None:
        self._worker = worker
        self._size = Filling(SIZE.size)
        self._data: Filling | None = None

    def get(self) -> _Answered:
        """Read the rest of it; it can be got again."""
        if not self._size.fill(self._worker.answers):
            return self._worker.ending()
        if self._data is None:
            self._data = Filling(*SIZE.unpack(self._size.data))
        if not self._data.fill(self._worker.answers):
            return self._worker.ending()
        answer: Database | BaseException = pickle.loads(self._data.data)  # noqa: S301 (by our own process)
        return answer


@dataclass(eq=False)
class _Turn:
    """A seed, the position of its worker, and the answer of that, once it was asked."""

    seed: int
    worker: int
    answer: _Answer | None = None
    is_alone: bool = False


class Databases(Iterator["Database"]):
    """Databases in memory, in the order of their seeds; what `iter_databases` gives.

    An error of one seed is raised in its place, and the next call gives the database after it.
    Workers end when the iterator does, is closed or forgotten, or its `with` block is left.
    """

    def __init__(self, mixture: Mixture, seeds: Iterable[int], jobs: int) -> None:
        self._mixture = mixture
        self._seeds = iter(seeds)
        self._turns: deque[_Turn] = deque()
        self._workers: list[_MemoryWorker] = []
        self._jobs = jobs
        self._n_taken = count()
        self._is_over = False
        self._finalizer = weakref.finalize(self, _end, self._workers)

    def __next__(self) -> Database:
        self._ask()
        while not self._is_over and len(self._turns) < self._jobs * (AHEAD + 1):
            self._take()
            self._ask()
        if not self._turns:
            self.close()
            raise StopIteration
        answer = self._answer()
        seed = self._turns.popleft().seed  # only now, as any wait before may be interrupted
        if isinstance(answer, str):
            raise SeedError(f"seed {seed}", answer)
        if isinstance(answer, BaseException):
            if isinstance(answer, PlurelError):
                reason = "; ".join(str(answer).splitlines())
            else:
                reason = f"{type(answer).__name__}: {answer}"
            raise SeedError(f"seed {seed}", f"cannot be made: {reason}") from answer
        return answer

    def _take(self) -> None:
        """Give the next seed a turn."""
        seed = next(self._seeds, None)
        if seed is None:
            self._is_over = True
        else:
            self._turns.append(_Turn(_checked(seed), next(self._n_taken) % self._jobs))

    def _ask(self) -> None:
        """Ask workers for what they have not been asked for, but for nothing beside what is to be
        made alone.
        """
        for turn in self._turns:
            first = self._turns[0]
            is_held = first.is_alone and turn is not first and turn.worker == first.worker
            if turn.answer is None and not is_held:
                while turn.worker >= len(self._workers):
                    self._workers.append(self._worker())
                self._ask_for(turn)

    def _ask_for(self, turn: _Turn) -> None:
        config = self._mixture.position(turn.seed)
        try:
            turn.answer = self._workers[turn.worker].ask(turn.seed, config)
        except BaseException:  # an interruption: it may have been asked or not
            self._replace(turn.worker)
            raise

    def _worker(self) -> _MemoryWorker:
        configs = [component.resolved for component in self._mixture.components]
        return _MemoryWorker(configs, max(1, usable_cores() // self._jobs))

    def _answer(self) -> _Answered:
        """The first answer; where its worker died, maybe at a later seed, that of another worker,
        which makes nothing beside it.
        """
        first = self._turns[0]
        assert first.answer is not None  # noqa: S101
        answer = first.answer.get()
        if isinstance(answer, str) and not first.is_alone:
            self._replace(first.worker)
            first.is_alone = True
            self._ask()
            answer = first.answer.get()
        if isinstance(answer, str):
            self._replace(first.worker)
        return answer

    def _replace(self, position: int) -> None:
        """Have another worker asked for what one was asked for, and end that."""
        former, self._workers[position] = self._workers[position], self._worker()
        for turn in self._turns:
            if turn.worker == position:
                turn.answer = None
        former.end()

    def close(self) -> None:
        """End the workers; there are no more databases then."""
        self._is_over = True
        self._turns.clear()
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
