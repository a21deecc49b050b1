"""What makes the databases of a corpus: processes of this machine, or a Ray cluster."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

from plurel_cli.corpus.pool import Outcomes, outcomes
from plurel_cli.errors import UsageError
from plurel_cli.storage.machine import usable_cores

WORKER_MEMORY = 512 << 20
"""Bytes to plan for a worker where memory is limited; the default config takes 200 to 300 MiB."""

Engine = Literal["local", "ray"]

ENGINES: tuple[Engine, ...] = ("local", "ray")


def check_engine(engine: str, address: str | None, memory: int | None) -> None:
    """Refuse an engine that there is none of, and what it has no use for.

    Parameters
    ----------
    engine
        Name.
    address
        Of a Ray cluster.
    memory
        Bytes for all workers together.

    Raises
    ------
    UsageError
        Naming the option.
    """
    if engine not in ENGINES:
        raise UsageError("--engine", f"must be {' or '.join(ENGINES)}", engine)
    if engine == "local" and address is not None:
        raise UsageError("--address", "is of no use without --engine ray", remedy="leave it out")
    if engine == "ray" and memory is not None:
        remedy = "its own limits are those of its nodes"
        raise UsageError("--memory", "is of no use with --engine ray", remedy=remedy)


@contextmanager
def engine_of(
    engine: str, address: str | None, jobs: int | None, memory: int | None
) -> Iterator[Workers]:
    """The workers of an engine, connected to while they are in use.

    Parameters
    ----------
    engine
        Name.
    address
        Of a Ray cluster; by default the one of the environment, or a new one.
    jobs
        Most workers, or most databases handed over at once; by default as many as there are cores,
        or twice as many databases.
    memory
        Bytes for all workers together, by default without limit.

    Returns
    -------
    context manager
        Gives the workers.

    Raises
    ------
    UsageError
        If the cluster's package or the cluster itself is not there.
    """
    if engine == "local":
        yield LocalWorkers(jobs, memory)
        return
    from plurel_cli.corpus.ray_cluster import ray_cluster

    with ray_cluster(address):
        yield RayWorkers(jobs)


class Shares(NamedTuple):
    """Workers, threads and bytes of each; see `Setup`."""

    workers: int
    threads: int
    memory: int | None


class Workers(ABC):
    """What makes databases."""

    outcomes: Outcomes

    @abstractmethod
    def shares(self, n_requests: int) -> Shares:
        """Shares of workers that make some databases."""

    @abstractmethod
    def alone(self) -> Workers:
        """The same, one database at a time."""


class LocalWorkers(Workers):
    """Processes of this machine."""

    def __init__(self, jobs: int | None, memory: int | None) -> None:
        self.outcomes = outcomes
        self._cores, self._memory = usable_cores(), memory
        self._jobs = min(self._cores, jobs or self._cores)

    def shares(self, n_requests: int) -> Shares:
        workers = min(self._jobs, n_requests)
        if self._memory is None:
            return Shares(workers, self._cores // max(1, workers), None)
        workers = min(workers, max(1, self._memory // WORKER_MEMORY))
        each = max(1, workers)
        return Shares(workers, self._cores // each, self._memory // each)

    def alone(self) -> LocalWorkers:
        return LocalWorkers(1, self._memory)


class RayWorkers(Workers):
    """A Ray cluster that is connected to."""

    def __init__(self, jobs: int | None) -> None:
        from plurel_cli.corpus.ray_cluster import ray_outcomes

        self.outcomes = ray_outcomes
        self._jobs = jobs

    def shares(self, n_requests: int) -> Shares:
        return Shares(self._jobs or 0, 1, None)

    def alone(self) -> RayWorkers:
        return RayWorkers(1)
