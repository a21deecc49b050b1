"""Tasks dealt out to a Ray cluster, whose machines share the corpus' folder or bucket.

Every database is a task of one core. Ray tries a task again elsewhere when its worker or its node
is lost; a database that the lost one had committed already is recognised and kept. Only so many
tasks are handed over as keep the cluster busy.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from plurel_cli import __version__
from plurel_cli.corpus.pool import Outcome, Request, Setup
from plurel_cli.corpus.worker import Maker
from plurel_cli.errors import UsageError
from plurel_cli.storage.place import place_of

_RETRIES = 3
_PATIENCE_S = 5.0


def _make(setup: str, seed: int, config: int) -> dict[str, Any]:
    """A task, on a node of the cluster."""
    maker = _maker(setup)
    from plurel_cli.storage.versions import made_here

    made = made_here()
    if made.plurel != (wanted := json.loads(setup)["plurel"]):
        why = f"a node of the cluster has plurel {made.plurel}, and this is {wanted}"
        return {"is": "failed", "why": why}
    return {**maker(seed, config), "made": made.model_dump()}


@lru_cache(maxsize=1)
def _maker(setup: str) -> Maker:
    os.environ["POLARS_MAX_THREADS"] = "1"  # read when it is imported
    shared = json.loads(setup)
    return Maker(place_of(shared["folder"]), shared["prefix"], shared["configs"])


@contextmanager
def ray_cluster(address: str | None) -> Iterator[None]:
    """A connection to a cluster; without an address, to `RAY_ADDRESS` or one on this machine.

    Raises
    ------
    UsageError
        If Ray is not installed, or there is no such cluster.
    """
    ray = _ray()
    is_ours = not ray.is_initialized()
    if is_ours:
        former = signal.getsignal(signal.SIGTERM)
        try:
            ray.init(address=address, log_to_driver=False, logging_level="ERROR")
        except (ConnectionError, ValueError, RuntimeError) as error:
            reason = str(error).partition("\n")[0]
            raise UsageError("--address", f"leads to no Ray cluster: {reason}", address) from None
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, former)  # Ray's own would end with another exit code
    try:
        yield
    finally:
        if is_ours:
            ray.shutdown()


def _ray() -> Any:
    try:
        import ray
    except ImportError:
        remedy = "pip install 'plurel-cli[ray]'"
        raise UsageError("--engine", "ray needs Ray, which is not there", remedy=remedy) from None
    return ray


def ray_outcomes(setup: Setup, requests: Iterable[Request]) -> Generator[Outcome]:
    """What becomes of requests, in the order in which they end; see `pool.outcomes`.

    Parameters
    ----------
    setup
        What workers need; `workers` is the most databases to hand over at once, and 0 stands for
        twice the cluster's cores.
    requests
        Databases to make.

    Returns
    -------
    iterator
        Outcomes; close it to cancel what is at work.
    """
    ray = _ray()
    from ray.exceptions import RayError

    make = ray.remote(num_cpus=1, max_retries=_RETRIES)(_make)
    shared = {
        "folder": str(setup.folder),
        "prefix": setup.prefix,
        "configs": setup.configs,
        "plurel": __version__,
    }
    common = ray.put(json.dumps(shared))
    left = iter(requests)
    pending: dict[Any, Request] = {}
    try:
        while True:
            for request in _some(left, _room(ray, setup.workers) - len(pending)):
                pending[make.remote(common, request.seed, request.config)] = request
            if not pending:
                return
            ended, _ = ray.wait(list(pending), num_returns=1)
            for reference in ended:
                request = pending.pop(reference)
                try:
                    answer = ray.get(reference)
                except RayError as error:
                    answer = {"is": "lost", "why": _told(error)}
                yield Outcome(request, answer.pop("is"), answer)
    finally:
        for reference in pending:
            ray.cancel(reference, force=True)
        if pending:
            ray.wait(list(pending), num_returns=len(pending), timeout=_PATIENCE_S)


def _room(ray: Any, most: int) -> int:
    """Tasks that may be in the cluster's hands: some wait, so that a cluster may grow."""
    return most or max(2, 2 * int(ray.cluster_resources().get("CPU", 0)))


def _some(requests: Iterator[Request], n: int) -> Iterator[Request]:
    for _ in range(n):
        request = next(requests, None)
        if request is None:
            return
        yield request


def _told(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"the cluster lost it ({type(error).__name__}): {lines[0] if lines else ''}"[:300]
